# Connection tests: the server makes an identity provider's first calls to the tenant's base URL, and to no other URL.
# Each step has what was expected, what was found, and what to do.
use strict;
use warnings;
use utf8;
use IO::Socket::INET;
use Test::More;
use ScimTest;

my $t   = ScimTest->new('connection');
my $own = $t->tenant;
my $url = "http://127.0.0.1:$ScimTest::PORT/scim/v2/$own";

sub try { my ($base, %args) = @_; my $res = $t->admin(POST => '/connection/test', {%args}, ':base' => $base); is($res->{status}, 200, 'tried') or diag $res->{body}; return $res->{json} }
sub steps { return { map { $_->{step} => [@$_{qw(ok found)}] } @{ $_[0]{steps} } } }

# --- a working connection ----------------------------------------------------------------------------------------------------

my $answer = try('/itself', token => $t->{token});
is_json([@$answer{qw(tenant baseUrl)}], [$own, $url], 'what was asked');
my $seen = steps($answer);
is_json($seen, { https => [false, 'http'], discovery => [true, '200'], stranger => [true, $seen->{stranger}[1]], users => [true, '200'], groups => [true, '200'] }, 'each step');
like($seen->{stranger}[1], qr/^401: /, 'with what was answered');
is_json($answer->{passed}, false, 'no identity provider takes a base URL without https');
is($answer->{steps}[0]{fix}, 'Give the identity provider a base URL with https; it accepts no other.', 'which says what to do');
is($answer->{steps}[1]{request}, "$url/ServiceProviderConfig", 'what was asked first');
is_json([map { $_->{fix} } @{ $answer->{steps} }[1 .. 4]], [undef, undef, undef, undef], 'nothing else is to be done');
is_json(steps(try('/itself'))->{users}, [undef, 'not tried, because no token was given'], 'without a token');
ok(eventually(sub { grep { $_->{path} =~ m{^/Users\?filter=} } @{ $t->admin(GET => '/activity')->{json}{items} } }), 'the calls are in the activity, as those of anybody');
is(scalar(log_lines($_, qr/\Q$t->{token}\E/)), 0, "the token is not in the $_") for qw(error_log access_log);
is(sql("select count(*) from scim.audit where tenant = '$own' and (after::text like '%$t->{token}%')"), 0, 'nor in the audit log');

# --- the calls of a product -------------------------------------------------------------------------------------------------------

my $own_calls = try('/itself', token => $t->{token}, calls => ['/Users?startIndex=1&count=2', '/ResourceTypes', '/Nothing']);
is_json([map { [@$_{qw(step request ok found)}] } @{ $own_calls->{steps} }[5 .. 7]], [['call', "$url/Users?startIndex=1&count=2", true, '200'], ['call', "$url/ResourceTypes", true, '200'], ['call', "$url/Nothing", false, $own_calls->{steps}[7]{found}]], 'what it asks itself');
like($own_calls->{steps}[7]{found}, qr/^404/, 'what is not there');
is_json((try('/itself', calls => ['/Groups']))->{steps}[5]{ok}, undef, 'they need a token');
for my $path ('Users', '//elsewhere.example/', '/../Users', '/Users/..', '/Users#x', '/Users?a b', '/', '@elsewhere.example/', "/Users?\x{e9}") {
    is_problem($t->admin(POST => '/connection/test', { calls => [$path] }, ':base' => '/itself'), 400, $ANY, { calls => qr/^must be paths below the base URL/ }, "no call: $path");
}
is_problem($t->admin(POST => '/connection/test', { calls => [('/Users') x 11] }, ':base' => '/itself'), 400, $ANY, { calls => qr/^may be at most ten/ }, 'too many');

# --- errors ---------------------------------------------------------------------------------------------------------------------

my $revoked = $t->new_token('old');
scimctl(qw(token revoke --tenant), $own, 'old');
for my $case ([$revoked, qr/^401: /, qr/^Copy the whole token again/, 'a revoked token'], ['mistyped', qr/^401: /, qr/^Copy the whole token again/, 'a mistyped one']) {
    my ($token, $found, $fix, $name) = @$case;
    my ($step) = grep { $_->{step} eq 'users' } @{ try('/itself', token => $token)->{steps} };
    is_json($step->{ok}, false, $name);
    like($step->{found}, $found, "$name: what was found");
    like($step->{fix}, $fix, "$name: what to do");
}
$t->admin(POST => '/disable', { accounts => 'keep' });
my ($off) = grep { $_->{step} eq 'users' } @{ try('/itself', token => $t->{token})->{steps} };
like($off->{found}, qr/^403: Provisioning is switched off/, 'switched off: what was found');
$t->admin(POST => '/enable', {});
my $astray = try('/astray', token => $t->{token});
is_json([map { $_->{step} } @{ $astray->{steps} }], [qw(https discovery)], 'where discovery fails nothing else is tried');
like($astray->{steps}[1]{found}, qr/^404/, 'a wrong path');
like($astray->{steps}[1]{fix}, qr/^Correct the path of the base URL/, 'what to do');

# --- only the base URL --------------------------------------------------------------------------------------------------------------

is_problem($t->admin(POST => '/connection/test', { url => 'http://127.0.0.1:1/' }, ':base' => '/itself'), 400, $ANY, { url => qr/^is only for scimctl/ }, 'no other URL');
is_problem($t->admin(POST => '/connection/test', {}), 409, 'The base URL is not known: set ScimBaseURL in this Location.', undef, 'where it is not known');
is_problem($t->admin(POST => '//tenants/nobody/connection/test', {}, ':base' => '/itself'), 404, $ANY, undef, 'no such tenant');

# --- by scimctl ------------------------------------------------------------------------------------------------------------------------

# Its exit code is 1 where a step has failed, as here the first one always does.
sub by_scimctl {
    my ($text, $code) = run_ok("$ENV{SCIM_TEST_WORK}/bin/scimctl", qw(connection test --tenant), $own, @_);
    is($code, 1, "exit code: @_");
    return $text;
}
my $said = by_scimctl('--url', $url, '--token', $t->{token});
like($said, qr/^Passed +no$/m, 'scimctl connection test');
like($said, qr/^Steps +https: http\. Give .*, discovery: 200, stranger: 401: .*, users: 200, groups: 200$/m, 'with its steps');
is((run_ok("$ENV{SCIM_TEST_WORK}/bin/scimctl", qw(connection test --tenant), $own))[1], 2, 'scimctl needs the URL');
my $free = IO::Socket::INET->new(Listen => 1, LocalAddr => '127.0.0.1') or die $!;
my $port = $free->sockport;
close $free;
my ($down) = grep { $_->{step} eq 'discovery' } @{ unjson(by_scimctl('--json', '--url', "http://127.0.0.1:$port/scim/v2/$own"))->{steps} };
is_json($down->{ok}, false, 'nobody listens');
like($down->{fix}, qr/^Start httpd at this port/, 'what to do');
my ($tls) = grep { $_->{step} eq 'discovery' } @{ unjson(by_scimctl('--json', '--url', "https://127.0.0.1:$ScimTest::PORT/scim/v2/$own"))->{steps} };
like($tls->{fix}, qr/^Switch TLS 1\.2/, 'no TLS at this port');

done_testing;
