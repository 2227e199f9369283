# Other ways to authenticate clients: OAuth 2.0 client credentials with their metadata, Basic, and clients that httpd
# has authenticated.
use strict;
use warnings;
use HTTP::Request::Common ();
use MIME::Base64 'encode_base64';
use Test::More;
use ScimFront;
use ScimTest;

my $t = ScimTest->new('oauth');
my $tenant = $t->tenant;
my $token = $t->{token};
my $key = substr $token, 5, 10;
my $work = $ENV{SCIM_TEST_WORK};
my $FORM = 'application/x-www-form-urlencoded';
sub form { my %f = @_; return join '&', map { my $v = $f{$_}; $v =~ s/([^\w.~-])/sprintf '%%%02X', ord $1/ge; "$_=$v" } sort keys %f }
sub basic { return 'Basic ' . encode_base64(join(':', @_), '') }
sub ask {
    my ($form, %headers) = @_;
    return $t->request(POST => '/oauth2/token', $form, 'Content-Type' => $FORM, Authorization => undef, %headers);
}
sub is_oauth_error {
    my ($res, $status, $error, $name) = @_;
    is($res->{status}, $status, "$name: status");
    is($res->{type}, 'application/json', "$name: type");
    is_json($res->{json}, { error => $error, error_description => $ANY }, "$name: body");
    is($res->{headers}->header('Cache-Control'), 'no-store', "$name: not to be kept");
}
sub stored { return sql("select count(*) from scim.access_token where tenant = '$tenant'") }

# --- the token endpoint ---------------------------------------------------------------------------------------------------

my $res = ask(form(grant_type => 'client_credentials'), Authorization => basic($key, $token));
is($res->{status}, 200, 'by Basic: status') or diag $res->{body};
is($res->{type}, 'application/json', 'by Basic: type');
my $access = $res->{json}{access_token};
is_json($res->{json}, { access_token => qr/^scim_$key[0-9A-Za-z]{49}$/, token_type => 'Bearer', expires_in => 3600 }, 'by Basic: body');
isnt($access, $token, 'another token');
is($res->{headers}->header($_->[0]), $_->[1], "by Basic: $_->[0]") for ['Cache-Control', 'no-store'], ['Pragma', 'no-cache'];
my $second = ask(form(grant_type => 'client_credentials', client_id => $key, client_secret => $token, scope => 'https://scim/.default'))->{json};
is($second->{token_type}, 'Bearer', 'in the body');
is(stored(), 2, 'both are stored');
is(sql("select count(*) from scim.access_token where tenant = '$tenant' and digest = sha256('$access'::bytea)"), 1, 'as a hash');

my @as = (Authorization => "Bearer $access");
my $made = $t->request(POST => '/Users', { schemas => [$USER], userName => 'kim' }, @as);
is($made->{status}, 201, 'an access token works');
is($t->request(GET => '/Users', undef, Authorization => "Bearer $second->{access_token}")->{status}, 200, 'so does the other one');
is(sql("select distinct actor_key from scim.audit where tenant = '$tenant' and object_type = 'User'"), $key, 'the audit log names the token that it came from');

# --- errors -----------------------------------------------------------------------------------------------------------------

my @own = (client_id => $key, client_secret => $token);
is_oauth_error(ask(form(@own)), 400, 'invalid_request', 'without grant_type');
is_oauth_error(ask(form(grant_type => 'password', @own)), 400, 'unsupported_grant_type', 'another grant');
is_oauth_error(ask(form(grant_type => 'client_credentials', @own) . '&client_id=x'), 400, 'invalid_request', 'a parameter twice');
is_oauth_error(ask('grant_type=%zz'), 400, 'invalid_request', 'not encoded');
is_oauth_error(ask(form(grant_type => 'client_credentials', @own), Authorization => basic($key, $token)), 400, 'invalid_request', 'two ways at once');
is_oauth_error(ask('{}', 'Content-Type' => 'application/json'), 400, 'invalid_request', 'another type');
is_oauth_error(ask(form(grant_type => 'client_credentials')), 401, 'invalid_client', 'without credentials');
is_oauth_error(ask(form(grant_type => 'client_credentials', client_id => 'x', client_secret => $token)), 401, 'invalid_client', 'another id');
is_oauth_error(ask(form(grant_type => 'client_credentials', client_id => $key, client_secret => 'x')), 401, 'invalid_client', 'no token');
is_oauth_error(ask(form(grant_type => 'client_credentials', client_id => $key, client_secret => $access)), 401, 'invalid_client',
    'an access token makes no further ones');
is_oauth_error($t->request(GET => '/oauth2/token', undef, @as), 405, 'invalid_request', 'GET');
my $other = ScimTest->new('oauth-other');
is_oauth_error(ask(form(grant_type => 'client_credentials', @own), ':base' => $other->{base}), 401, 'invalid_client', "another tenant's URL");
is($t->request(GET => '/Users', undef, @as, ':base' => $other->{base})->{status}, 401, 'nor is an access token for another tenant');
is(ask('x', ':base' => $other->{base} . '/oauth2/other')->{status}, 401, 'nothing else is there');
is(stored(), 2, 'nothing was stored');

# --- limits of the token apply to its access tokens ----------------------------------------------------------------------------

sub access_of {
    my ($text) = @_;
    return ask(form(grant_type => 'client_credentials', client_id => substr($text, 5, 10), client_secret => $text))->{json}{access_token};
}
my $reader = access_of($t->new_token('reader', '--read-only'));
is($t->request(GET => '/Users', undef, Authorization => "Bearer $reader")->{status}, 200, 'read-only: reads');
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'x' }, Authorization => "Bearer $reader")->{status}, 403, 'read-only: writes nothing');
my $slow = $t->new_token('slow', '--rate', 1, '--burst', 4);
my @slow = map { access_of($slow) } 1 .. 3;
is_deeply([map { defined } @slow], [1, 1, 1], 'three access tokens');
my @statuses = map { my $one = $_; map { $t->request(GET => '/Users', undef, Authorization => "Bearer $one")->{status} } 1 .. 3 } @slow;
cmp_ok(scalar(grep { $_ == 429 } @statuses), '>=', 4, 'they share the rate of their token');
my $elsewhere = $t->new_token('elsewhere', '--address', '192.0.2.1');
is_oauth_error(ask(form(grant_type => 'client_credentials', client_id => substr($elsewhere, 5, 10), client_secret => $elsewhere)), 400, 'unauthorized_client',
    'from an address that the token is not for');
sql("update scim.access_token set expires = now() - interval '1 second' where tenant = '$tenant' and digest = sha256('$second->{access_token}'::bytea)");
is($t->request(GET => '/Users', undef, Authorization => "Bearer $second->{access_token}")->{status}, 401, 'an access token ends');
is($t->request(GET => '/Users', undef, @as)->{status}, 200, 'the others do not');
ask(form(grant_type => 'client_credentials', @own)) for 1 .. 205;
is(sql("select count(*) from scim.access_token where tenant = '$tenant' and key_id = '$key'"), 200, 'there are no more than so many of one token');
my $newest = access_of($token);
scimctl(qw(token revoke --tenant), $tenant, $key);
is($t->request(GET => '/Users', undef, Authorization => "Bearer $newest")->{status}, 401, 'they end with their token, at once');
is_oauth_error(ask(form(grant_type => 'client_credentials', @own)), 401, 'invalid_client', 'a token that was revoked');

# --- metadata -----------------------------------------------------------------------------------------------------------------

my $url = $t->url;
my $at = sub { $t->request(GET => "/.well-known/$_[0]$_[1]", undef, ':base' => '', Authorization => undef) };
$res = $at->('oauth-authorization-server', $t->{base});
is($res->{status}, 200, 'authorization server: status');
is_json($res->{json}, { issuer => $url, token_endpoint => "$url/oauth2/token", grant_types_supported => ['client_credentials'],
    response_types_supported => [], token_endpoint_auth_methods_supported => ['client_secret_basic', 'client_secret_post'] }, 'RFC 8414');
$res = $at->('oauth-protected-resource', $t->{base});
is_json($res->{json}, { resource => $url, authorization_servers => [$url], bearer_methods_supported => ['header'], resource_name => 'SCIM' }, 'RFC 9728');
is_json($at->('oauth-protected-resource', "$t->{base}/")->{json}, $res->{json}, 'with a slash at its end');
is($at->('oauth-protected-resource', '/nothing')->{status}, 404, 'of what is no Location of the module');
is($at->('other', $t->{base})->{status}, 404, 'another well-known name');
my $refused = $t->request(GET => '/Users', undef, Authorization => undef);
like($refused->{headers}->header('WWW-Authenticate'), qr{^Bearer realm="scim", resource_metadata="(\Q$url\E)?http://[^"]+/\.well-known/oauth-protected-resource\Q$t->{base}\E"$},
    'a refusal tells where');

# --- Basic, and clients of httpd --------------------------------------------------------------------------------------------------

$token = $t->{token} = $t->new_token('again');
is($t->request(GET => '/Users', undef, Authorization => basic('anybody', $token))->{status}, 401, 'a token as the password: off by default');
my $external = unjson(scimctl(qw(token add --json --tenant), $tenant, qw(--name HR --external), 'CN=hr, O=Example'));
is($external->{token}, undef, 'a token of a client of httpd has no text');
is($external->{external}, 'CN=hr, O=Example', 'and a name');
my (undef, $again) = run_ok("$work/bin/scimctl", qw(token add --tenant), $tenant, qw(--name HR2 --external), 'CN=hr, O=Example');
isnt($again, 0, 'one token for one client');
my $front = front(<<"CONF", ());
LogFormat "%{Authorization}i" auth
CustomLog "$ScimFront::home/auth" auth
<Location "/basic">
    SetHandler scim
    ScimTenant path
    ScimBasicTokens on
    Require all granted
</Location>
<Location "/client">
    SetHandler scim
    ScimTenant path
    ScimClient "%{req:X-Test-Client}"
    Require all granted
</Location>
<Location "/both">
    SetHandler scim
    ScimTenant path
    ScimClient "%{req:X-Test-Client}" token-first
    Require all granted
</Location>
CONF
my @at = (':port' => $front->{port});
my $b = sub { my ($base, %h) = @_; $t->request(GET => '/Users?count=0', undef, @at, ':base' => "/$base/$tenant", %h) };
is($b->('basic', Authorization => basic('anybody', $token))->{status}, 200, 'Basic: the token as the password');
is($b->('basic', Authorization => basic('anybody', "$token-"))->{status}, 401, 'Basic: another password');
is($b->('basic')->{status}, 200, 'Basic: a bearer token as before');
my @logged = eventually(sub { my @l = do { local @ARGV = "$ScimFront::home/auth"; <> }; @l >= 2 && @l });
ok(!grep({ /[A-Za-z0-9+\/]{40}/ } do { local @ARGV = "$ScimFront::home/auth"; <> }), 'and is in no log');
my @hr = ('X-Test-Client' => 'CN=hr, O=Example', Authorization => undef);
is($b->('client', @hr)->{status}, 200, 'a client of httpd');
$made = $t->request(POST => '/Users', { schemas => [$USER], userName => 'lee' }, @at, ':base' => "/client/$tenant", @hr);
is($made->{status}, 201, 'writes');
is(sql("select actor from scim.audit where tenant = '$tenant' and object_id = '$made->{json}{id}' order by id desc limit 1"), 'HR', 'as its service account');
is_error($b->('client', 'X-Test-Client' => 'CN=nobody', Authorization => undef), 401, undef, undef, 'a client without an account');
is($b->('client', 'X-Test-Client' => 'CN=nobody')->{status}, 401, 'whatever token it sends');
is($b->('client', 'X-Test-Client' => '')->{status}, 200, 'whom httpd has not authenticated uses a token');
is($b->('client', 'X-Test-Client' => 'x' x 2000, Authorization => undef)->{status}, 401, 'a very long name');
is($b->('both', @hr)->{status}, 200, 'token-first: without a token the client');
is($b->('both', 'X-Test-Client' => 'CN=nobody')->{status}, 200, 'token-first: with one the token');
is($b->('both', @hr, Authorization => "Bearer $token-")->{status}, 401, 'token-first: with a wrong one nobody');
scimctl(qw(token set --tenant), $tenant, 'HR', '--read-only');
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'pat' }, @at, ':base' => "/client/$tenant", @hr)->{status}, 403, 'what is said of the token holds');
scimctl(qw(token revoke --tenant), $tenant, 'HR');
is($b->('client', @hr)->{status}, 401, 'until it is revoked');

# --- the life of an access token, and metadata of other Locations -------------------------------------------------------------------

my $short = front(<<"CONF", ());
<Location "/short">
    SetHandler scim
    ScimTenant path
    ScimAccessTokenLife 90s
    Require all granted
</Location>
<Location "/hour">
    SetHandler scim
    ScimTenant path
    ScimAccessTokenLife 2h
    Require all granted
</Location>
<Location "/fixed">
    SetHandler scim
    ScimTenant fixed $tenant
    Require all granted
</Location>
<Location "/host">
    SetHandler scim
    ScimTenant host
    Require all granted
</Location>
CONF
my $of = substr $token, 5, 10;
my $grant = form(grant_type => 'client_credentials', client_id => $of, client_secret => $token);
my @there = (':port' => $short->{port});
for (['/short', "/short/$tenant", 90], ['/hour', "/hour/$tenant", 7200], ['/fixed', '/fixed', 3600]) {
    my ($name, $base, $life) = @$_;
    my $given = ask($grant, @there, ':base' => $base)->{json};
    is($given->{expires_in}, $life, "$name: how long it lives");
    is(sql("select round(extract(epoch from expires - created)) from scim.access_token where tenant = '$tenant' and digest = sha256('$given->{access_token}'::bytea)"), $life,
        "$name: and for no longer");
    is($t->request(GET => '/Users?count=0', undef, @there, ':base' => $base, Authorization => "Bearer $given->{access_token}")->{status}, 200, "$name: it is taken");
    sql("update scim.access_token set expires = now() - interval '1 second' where tenant = '$tenant' and digest = sha256('$given->{access_token}'::bytea)");
    is($t->request(GET => '/Users?count=0', undef, @there, ':base' => $base, Authorization => "Bearer $given->{access_token}")->{status}, 401, "$name: until then");
}
for (['/fixed', '127.0.0.1'], ["/short/$tenant", '127.0.0.1'], ['/host', "$tenant.example.org"]) {
    my ($base, $host) = @$_;
    my $issuer = "http://$host" . ($base eq '/host' ? '' : ":$short->{port}") . $base;
    my @as_host = (@there, ':base' => '', Authorization => undef, $base eq '/host' ? (Host => $host) : ());
    is_json($t->request(GET => "/.well-known/oauth-authorization-server$base", undef, @as_host)->{json}, { issuer => $issuer, token_endpoint => "$issuer/oauth2/token",
        grant_types_supported => ['client_credentials'], response_types_supported => [], token_endpoint_auth_methods_supported => ['client_secret_basic', 'client_secret_post'] },
        "$base: RFC 8414");
    my $asked = $t->request(GET => "/.well-known/oauth-protected-resource$base", undef, @as_host)->{json};
    is($asked->{resource}, $issuer, "$base: RFC 9728: the resource");
    is_json($asked->{authorization_servers}, [$issuer], "$base: RFC 9728: its server");
    like($t->request(GET => "$base/Users", undef, @as_host)->{headers}->header('WWW-Authenticate'),
        qr{resource_metadata="http://[^"]+/\.well-known/oauth-protected-resource\Q$base\E"}, "$base: which a refusal tells");
}
# --- rates ----------------------------------------------------------------------------------------------------------------------

my $few = front(<<"CONF", ());
ScimFailureLimit 3 60
<Location "/few">
    SetHandler scim
    ScimTenant path
    Require all granted
</Location>
CONF
my @few = (':port' => $few->{port}, ':base' => "/few/$tenant");
my $wrong = form(grant_type => 'client_credentials', client_id => $of, client_secret => 'x');
is_oauth_error(ask($wrong, @few), 401, 'invalid_client', "wrong credentials, time $_") for 1 .. 3;
my $limited = ask($wrong, @few);
is_oauth_error($limited, 429, 'temporarily_unavailable', 'wrong credentials are limited as wrong tokens are');
like($limited->{headers}->header('Retry-After'), qr/^[1-9]\d*$/, 'with the time to wait');
is($t->request(GET => '/Users', undef, @few, Authorization => "Bearer $token-")->{status}, 429, 'they are counted together');
open my $log, '<', "$front->{dir}/error_log" or die;
is_deeply([grep {/exit signal|Sanitizer/} <$log>], [], 'nothing crashed');
done_testing;
