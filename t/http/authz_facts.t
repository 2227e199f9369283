# ScimFacts: the environment variables and headers that an application receives about the account, their format, when
# they are missing; and that clients cannot set them.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimAuthz;
use ScimFront;
use ScimTest;

my $t = ScimTest->new('facts');
my $tenant = $t->tenant;
my $kim = $t->make(Users => userName => 'kim', roles => [{ value => 'read-only' }]);
my $odd = $t->make(Users => userName => 'Jörg, 50%');
my $off = $t->make(Users => userName => 'off', active => false);
$t->make(Users => userName => 'plain');
$t->make(Groups => displayName => $_, members => [{ value => $odd }]) for 'Zürich', 'a,b', '...', '100%';
$t->make(Groups => displayName => 'Staff', members => [{ value => $kim }]);
$t->admin(POST => '/subscriptions', { name => $_ }) for 'Web - French', 'Desk';
$t->admin(POST => '/grants', { user => 'kim', subscription => $_ }) for 'Web - French', 'Desk';
$t->admin(POST => '/flags', { flag => 'may-fly' });
$t->admin(PATCH => '/users/kim', { flags => ['may-fly'] });

my $app = application();
my $to = "http://127.0.0.1:$app->{port}/";
my $echo = join ' ', map {"$_=[%{SCIM_$_}e]"} qw(ACCOUNT ID ROLE ROLES ENTITLEMENTS GROUPS FLAGS TENANT);
my $site = ScimAuthz->new($t, <<"CONF", qw(proxy proxy_http headers rewrite dir));
MergeTrailers On
Header always set X-Env "$echo"
Header always set X-Reason "%{REDIRECT_SCIM_REASON}e"
<Location "/both">
    AUTH
    TENANT
    ScimFacts both
    Require scim-user
    ProxyPass "$to"
</Location>
<Location "/env">
    AUTH
    TENANT
    ScimFacts env
    Require valid-user
    ProxyPass "$to"
</Location>
<Location "/headers">
    AUTH
    TENANT
    ScimFacts headers
    Require valid-user
    ProxyPass "$to"
</Location>
<Location "/off">
    AUTH
    TENANT
    Require scim-user
    ProxyPass "$to"
</Location>
<Location "/open">
    Require all granted
    ProxyPass "$to"
</Location>
<Location "/public">
    TENANT
    ScimFacts both
    Require all granted
    ProxyPass "$to"
</Location>
<Location "/role">
    AUTH
    TENANT
    ScimFacts env
    Require expr "%{REMOTE_USER} != '' && %{env:SCIM_ROLE} == 'read-only'"
</Location>
<Location "/refused">
    AUTH
    TENANT
    ScimFacts both
    Require scim-group nobody
    ErrorDocument 403 /open/page
</Location>
<Location "/denied">
    AUTH
    TENANT
    ScimFacts env
    Require scim-group nobody
    ErrorDocument 403 /index.html
</Location>
<Location "/twice">
    AUTH
    TENANT
    ScimFacts both
    Require scim-user
    ProxyPass "http://127.0.0.1:\@port\@/open/"
</Location>
<VirtualHost 127.0.0.1:\@port\@>
    ServerName main.test
</VirtualHost>
<VirtualHost 127.0.0.1:\@port\@>
    ServerName own.test
    ScimFactsPrefix Remote-
    <Location "/own">
        AUTH
        TENANT
        ScimFacts headers
        Require scim-user
        ProxyPass "$to"
    </Location>
</VirtualHost>
CONF

# Our headers that the application received.
sub told {
    my ($path, $user, %more) = @_;
    truncate $app->{log}, 0;
    my $res = $site->ask($path, $user, %more);
    my $text = arrived($app, $res->{status} == 200 ? 5 : 0);
    my %told;
    while ($text =~ /^([xX].?[sS]cim[^:\r\n]*|Remote-[^:\r\n]*): ?([^\r\n]*)\r?$/mg) { $told{$1} = exists $told{$1} ? "$told{$1} AND $2" : $2 }
    return ($res, \%told);
}

my %expected = ('X-Scim-Account' => 'kim', 'X-Scim-Id' => $kim, 'X-Scim-Role' => 'read-only', 'X-Scim-Roles' => 'read-only',
    'X-Scim-Entitlements' => 'Desk,Web - French', 'X-Scim-Groups' => 'Staff', 'X-Scim-Flags' => 'may-fly', 'X-Scim-Tenant' => $tenant);
my $env = "ACCOUNT=[kim] ID=[$kim] ROLE=[read-only] ROLES=[read-only] ENTITLEMENTS=[Desk,Web - French] GROUPS=[Staff] FLAGS=[may-fly] TENANT=[$tenant]";
my $none = join ' ', map {"$_=[(null)]"} qw(ACCOUNT ID ROLE ROLES ENTITLEMENTS GROUPS FLAGS TENANT);

my ($res, $told) = told('/both/x', 'kim');
is($res->{status}, 200, 'both: status');
is_deeply($told, \%expected, 'both: headers');
is($res->{headers}->header('X-Env'), $env, 'both: environment');
($res, $told) = told('/env/x', 'kim');
is_deeply($told, {}, 'env: no headers');
is($res->{headers}->header('X-Env'), $env, 'env: environment');
($res, $told) = told('/headers/x', 'kim');
is_deeply($told, \%expected, 'headers: headers');
is($res->{headers}->header('X-Env'), $none, 'headers: no environment');
($res, $told) = told('/own/x', 'kim', Host => 'own.test');
is_deeply($told, { map { $_ =~ s/X-Scim-/Remote-/r => $expected{$_} } keys %expected }, 'a prefix of the host\'s own');

($res, $told) = told('/both/x', 'plain');
is($told->{'X-Scim-Role'}, 'user', 'the tenant\'s default role is the effective one');
is_deeply([@$told{qw(X-Scim-Entitlements X-Scim-Groups X-Scim-Flags)}], ['', '', ''], 'what there is nothing of is empty');
for my $user (qw(off stranger)) {
    ($res, $told) = told('/headers/x', $user);
    is($res->{status}, 200, "$user: let in by httpd");
    is_deeply($told, {}, "$user: is told as nobody");
}
($res, $told) = told('/public/x', undef);
is($res->{status}, 200, 'nobody: let in');
is_deeply($told, {}, 'nobody: nothing is told');

# --- format ----------------------------------------------------------------------------------------------------------------

($res, $told) = told('/both/x', 'Jörg, 50%');
is($told->{'X-Scim-Account'}, 'J%C3%B6rg%2C 50%25', 'percent encoding of what is no ASCII, a comma, a percent sign');
is($told->{'X-Scim-Groups'}, '%2E..,100%25,Z%C3%BCrich,a%2Cb', 'in lists as well');
my @groups = map { sprintf 'Group with a long name %04d', $_ } 1 .. 300;
$t->make(Groups => displayName => $_, members => [{ value => $kim }]) for @groups;
($res, $told) = told('/both/x', 'kim');
my @told = split /,/, $told->{'X-Scim-Groups'};
cmp_ok(length $told->{'X-Scim-Groups'}, '<=', 4096, 'a long list is cut');
is(pop @told, '...', 'which a mark tells');
is_deeply(\@told, [@groups[0 .. $#told]], 'behind whole names');
cmp_ok(scalar @told, '>', 140, 'as many as there is room for');

# --- clients cannot set them -----------------------------------------------------------------------------------------------

my @spoof = ('X-Scim-Role' => 'administrator', 'x-scim-role' => 'administrator', 'X_Scim_Role' => 'administrator', 'X-SCIM_ROLE' => 'administrator',
    'X-Scim-Anything' => 'x', 'X.Scim.Role' => 'administrator', 'X-Scim-Groups' => 'Admins');
for my $path (qw(/open/x /off/x /env/x /public/x)) {
    ($res, $told) = told($path, $path =~ /open|public/ ? undef : 'kim', @spoof);
    is($res->{status}, 200, "$path: status");
    is_deeply($told, {}, "$path: what a client says is taken out");
}
($res, $told) = told('/both/x', 'plain', @spoof);
is($told->{'X-Scim-Role'}, 'user', 'one role, the server\'s');
is_deeply([sort keys %$told], [sort keys %expected], 'and nothing else');
($res, $told) = told('/own/x', 'plain', Host => 'own.test', @spoof, 'Remote-Role' => 'administrator', 'remote_role' => 'administrator');
is($told->{'Remote-Role'}, 'user', 'with another prefix');
is(scalar(grep {/^x/i} keys %$told), 0, 'the usual one is taken out as well');
($res, $told) = told('/twice/x', 'kim', @spoof);
is($res->{status}, 200, 'through httpd twice: status');
is_deeply($told, {}, 'through httpd twice: the second one does not believe the first');
($res, $told) = told('/refused', 'kim', @spoof);
like(received($app), qr{^GET //page }, 'refused, with a page of the application');
is_deeply($told, {}, 'which is told nothing');

# mod_proxy drops headers that Connection names. A client could use this to remove, for example, a flag that forbids
# something.
my (undef, $usual) = told('/headers/x', 'kim');
is_deeply([sort keys %$usual], [sort keys %expected], 'what the application is told');
for my $list ('X-Scim-Flags', 'close, X-Scim-Flags,x-scim-role', 'keep-alive, X-SCIM-FLAGS , X-Scim-Account', ",,X-Scim-Id ,\tX-Scim-Groups,", 'X-Scim-Flags;q=1, X-Scim-Flags') {
    ($res, $told) = told('/headers/x', 'kim', Connection => $list);
    is($res->{status}, 200, "Connection: $list");
    ok(eq_hash($told, $usual), "Connection: $list: the application is told all the same") or diag join ' ', sort keys %$told;
}
($res, $told) = told('/headers/x', 'kim', Connection => 'X-Other, close', 'X-Other' => 'hop', 'X-End' => 'end');
unlike(received($app), qr/^X-Other/m, 'what else it names is taken out');
like(received($app), qr/^X-End: end\r$/m, 'and nothing more');

# In trailers, which MergeTrailers turns into headers.
my ($port, $auth) = ($site->{front}{port}, 'Basic ' . MIME::Base64::encode_base64('plain:secret', ''));
truncate $app->{log}, 0;
my $socket = connect_httpd(PeerPort => $port);
print $socket "POST /both/x HTTP/1.1\r\nHost: x\r\nAuthorization: $auth\r\nTransfer-Encoding: chunked\r\nTrailer: X-Scim-Role\r\nConnection: close\r\n\r\n"
    . "4\r\nbody\r\n0\r\nX-Scim-Role: administrator\r\nX_Scim_Groups: Admins\r\n\r\n";
my $answer = do { local $/; <$socket> };
like($answer, qr{^HTTP/1.1 200}, 'trailers: status');
unlike(arrived($app), qr/administrator|Admins/, 'trailers: nothing of them arrives');
like(received($app), qr/^X-Scim-Role: user\r$/m, 'trailers: the server\'s word does');

# --- expressions, error pages ---------------------------------------------------------------------------------------------------

$site->may('/role', 'kim', 'an expression uses a fact');
is($site->ask('/role', 'plain')->{status}, 401, 'another role');
$res = $site->ask('/denied', 'plain');
is($res->{status}, 403, 'refused, with a page of the site');
is($res->{body}, "index.html of the site\n", 'the page');
is($site->reason, 'no group nobody', 'the log knows the reason, though another page was sent');
is($res->{headers}->header('X-Reason'), 'no group nobody', 'so does the page, by its environment');
is_deeply([$site->error_lines(qr/exit signal|Sanitizer/)], [], 'nothing crashed');
done_testing;
