# Attempts to get past Require scim-... as an attacker: other spellings of a path, subrequests and redirects into
# another tenant, unusual names, headers by HTTP/2, methods, and requests while an account loses its access. None of
# them gets more than it may.
use strict;
use warnings;
use utf8;
use MIME::Base64 'encode_base64';
use POSIX ();
use Encode ();
use Test::More;
use Time::HiRes 'time';
use ScimAuthz;
use ScimFront;
use ScimTest;

my ($t, $other) = map { ScimTest->new("attack-$_") } qw(one two);
my ($one, $two) = map { $_->tenant } $t, $other;
my $ann = $t->make(Users => userName => 'ann');
my $zoe = $t->make(Users => userName => "Zo\x{eb}");
my $long = 'l' x 1000;
$t->make(Users => userName => $long);
$other->make(Users => userName => 'bea');
my $admins = $t->make(Groups => displayName => 'Admins', members => [{ value => $zoe }]);
my $app = application();
my $files = "$ScimFront::home/site";
my $site = ScimAuthz->new($t, Encode::encode("UTF-8", <<"CONF"), qw(include rewrite dir proxy proxy_http http2 negotiation mime headers));
Protocols h2c http/1.1
TypesConfig /dev/null
<Directory "$files">
    Options +Includes +MultiViews
    <FilesMatch "\\.shtml\$">
        SetOutputFilter INCLUDES
        AddType text/html .shtml
    </FilesMatch>
</Directory>
<Location "/path">
    AUTH
    ScimTenant path
    Require scim-user
    RewriteEngine On
    RewriteRule "jump/(.*)\$" "/path/\$1"
</Location>
AliasMatch "^/path/$one/(page\\.shtml)\$" "$files/\$1"
AliasMatch "^/path/[^/]+/(secret\\.html)\$" "$files/\$1"
<Location "/group">
    AUTH
    TENANT
    Require scim-group Admins
</Location>
<Location "/user">
    AUTH
    TENANT
    Require scim-user
</Location>
<AuthzProviderAlias scim-group admins-of-scim "Admins">
</AuthzProviderAlias>
<Location "/alias">
    AUTH
    TENANT
    Require admins-of-scim
</Location>
<Location "/notalias">
    AUTH
    ScimTenant expr "%{req:X-Which}"
    <RequireAll>
        Require valid-user
        Require not admins-of-scim
    </RequireAll>
</Location>
<Location "/open">
    Require all granted
    ProxyPass "http://127.0.0.1:$app->{port}/"
</Location>
<Location "/web">
    AUTH
    TENANT
    Require scim-entitlement "Caf\x{e9} Web"
    RewriteEngine On
    RewriteCond "%{REQUEST_URI}" "todesk\$"
    RewriteRule ".*" "/desk/x"
</Location>
<Location "/desk">
    AUTH
    TENANT
    Require scim-entitlement Desk
    RewriteEngine On
    RewriteCond "%{REQUEST_URI}" "toweb\$"
    RewriteRule ".*" "/web/x"
</Location>
<Location "/many">
    AUTH
    TENANT
    Require scim-entitlement @{[map {"Nothing$_"} 1 .. 60]} "Caf\x{e9} Web"
</Location>
<Location "/either">
    AUTH
    TENANT
    <RequireAny>
        Require scim-entitlement Desk
        Require scim-role administrator
    </RequireAny>
</Location>
<Location "/neither">
    AUTH
    TENANT
    <RequireAll>
        Require scim-user
        Require not scim-entitlement "cafe\x{301} web"
    </RequireAll>
</Location>
<Location "/expr">
    AUTH
    TENANT
    Require scim-group "%{req:X-Group}"
</Location>
AliasMatch "^/(user|group|alias|notalias|expr|web|desk|many|either|neither)/" "$files/index.html"
CONF
$site->put('secret.html', 'THE SECRET');
$site->put('page.shtml', qq{own:<!--#include virtual="/path/$one/secret.html" --> other:<!--#include virtual="/path/$two/secret.html" -->});

# --- paths ------------------------------------------------------------------------------------------------------------------

is($site->ask("/path/$two/secret.html", 'bea')->{body}, 'THE SECRET', 'who may gets it');
is($site->ask("/path/$one/secret.html", 'ann')->{body}, 'THE SECRET', 'each in the own tenant');
for my $path ("/path/$two/secret.html", "/path/$one/../$two/secret.html", "/path/$one/%2e%2e/$two/secret.html", "/path//$two/secret.html",
    "//path/$two/secret.html", "/path/./$two/secret.html", "/path/$one/jump/$two/secret.html", "/path/$one/jump/../$two/secret.html",
    "/path/" . uc($two) . '/secret.html', "/path/$two%00/secret.html", "/path/%2f$two/secret.html", "/path/$one%2f..%2f$two/secret.html",
    "/path/$two/secret", "/path;$one/$two/secret.html", "/path/$two;$one/secret.html") {
    my $res = $site->ask($path, 'ann');
    unlike($res->{body}, qr/SECRET/, "of the other tenant: $path");
    cmp_ok($res->{status}, '>=', 400, "refused: $path");
}
my $page = $site->ask("/path/$one/page.shtml", 'ann')->{body};
like($page, qr/own:THE SECRET/, 'a page includes what is of its tenant');
unlike($page =~ s/own:THE SECRET//r, qr/SECRET/, 'and nothing of another one: httpd decides anew where the path is another one');

# --- methods ----------------------------------------------------------------------------------------------------------------

for my $method (qw(GET HEAD POST PUT DELETE OPTIONS PATCH PROPFIND ODD)) {
    is($site->ask('/group/x', 'ann', ':method' => $method)->{status}, 403, "$method is refused");
    is($site->ask('/group/x', undef, ':method' => $method)->{status}, 401, "$method without a login");
}

# --- names ------------------------------------------------------------------------------------------------------------------

$site->may('/user', $long, 'a name of 1,000 bytes');
$site->may_not('/user', 'l' x 999, 403, 'no account', 'the same but one');
$site->may('/user', "Zoe\x{308}", 'another normal form of a name');
$site->may('/user', "ZO\x{cb}", 'in capital letters');
$site->may_not('/user', "a\x{306}" . "\x{308}" x 1000, 403, 'no account', 'a name full of combining marks');
for my $bytes ("ann\xff", "\xc0\xaf", "ann\xed\xa0\x80") {
    administrator($bytes);
    my $res = $site->ask('/user', undef, Authorization => 'Basic ' . encode_base64("$bytes:secret", ''));
    is($res->{status}, 403, 'a name that is not UTF-8 is nobody\'s');
}
is($site->ask('/user', undef, Authorization => 'Basic ' . encode_base64("ann\0:secret", ''))->{status}, 401, 'a name with NUL');
for my $name ("ann' or '1'='1", 'ann%', '%', '*', 'ann ', "ann\t", '{ann}', 'ann"', 'ann\\', "ann;$one", $ann, '-') {
    $site->may_not('/user', $name, 403, 'no account', "no account: $name");
}
$site->may_not('/user', 'bea', 403, 'no account', 'the account of another tenant');
$site->may_not('/expr', 'ann', 403, 'no group Admins', 'a group that the client names: not a member', 'X-Group' => 'Admins');
for my $group ('', '%{REMOTE_USER}', 'Admins,Staff', "Admins\x{0}", '*', "' or 1=1 --", 'a' x 7000) {
    my $res = $site->ask('/expr', 'ann', 'X-Group' => $group =~ s/\0//gr);
    is($res->{status}, 403, 'a group that the client names: ' . substr $group, 0, 20);
}

# --- subscriptions: the data of one decision is not used for another --------------------------------------------------------------------

is($t->admin(POST => '/subscriptions', { name => $_ })->{status}, 201, "a subscription") for "Caf\x{e9} Web", 'Desk';
is($t->admin(POST => '/grants', { user => 'ann', subscription => "CAF\x{c9} WEB" })->{status}, 201, 'a grant');
$site->may('/web/x', 'ann', 'her subscription');
$site->may_not('/desk/x', 'ann', 403, 'no entitlement Desk', 'another one');
$site->may_not('/web/todesk', 'ann', 403, 'no entitlement Desk', 'an internal redirect from hers to the other one');
$site->may_not('/desk/toweb', 'ann', 403, 'no entitlement Desk', 'and from the other one to hers');
$site->may('/many/x', 'ann', 'one of many names');
$site->may_not('/either/x', 'ann', 403, 'no entitlement Desk; no role administrator', 'neither of two kinds');
$site->may_not('/neither/x', 'ann', 403, 'refused by what the account has', 'not: in another normal form');
$site->may('/neither/x', "Zo\x{eb}", 'not: who has it not');
is($t->admin(POST => '/grants', { user => 'ann', subscription => 'Desk' })->{status}, 201, 'the other one, too');
$site->may('/web/todesk', 'ann', 'the redirect is let through then');
# The tenant's settings change between two requests on the same database connection.
for my $change ([loginAttribute => 'email', 'no account'], [loginAttribute => 'userName', undef], [syncPolicy => 'groups', undef], [syncPolicy => 'all', undef],
    [loginPolicy => 'first-login', undef], [loginPolicy => 'manual', undef], [syncPolicy => 'manual', undef]) {
    is($t->admin(PATCH => "//tenants/$one", { $change->[0] => $change->[1] })->{status}, 200, "$change->[0] $change->[1]");
    $change->[2] ? $site->may_not('/desk/x', 'ann', 403, $change->[2], 'is seen') : $site->may('/desk/x', 'ann', 'is seen') for 1 .. 2;
}
my ($grant) = map { $_->{id} } grep { $_->{subscription} eq 'Desk' } @{ $t->admin(GET => '/grants?user=ann')->{json}{items} };
is($t->admin(DELETE => "/grants/$grant")->{status}, 204, 'the grant is taken away');
$site->may_not('/desk/x', 'ann', 403, 'no entitlement Desk', 'and holds no more');

# --- negation through an alias --------------------------------------------------------------------------------------------------

$site->may('/alias/x', "Zo\x{eb}", 'an alias');
$site->may_not('/alias/x', 'ann', 403, 'no group Admins', 'an alias that does not match');
$site->may('/notalias/x', 'ann', 'not an alias', 'X-Which' => $one);
$site->may_not('/notalias/x', "Zo\x{eb}", 403, 'refused by what the account has', 'not an alias that matches', 'X-Which' => $one);
$site->may_not('/notalias/x', "Zo\x{eb}", 403, 'no tenant', 'not an alias: of no tenant', 'X-Which' => 'nobodys');
$site->may_not('/notalias/x', "Zo\x{eb}", 403, 'no tenant', 'not an alias: without a tenant');

# --- HTTP/2 -----------------------------------------------------------------------------------------------------------------------

truncate $app->{log}, 0;
my ($said) = run_ok('curl', '-s', '--http2-prior-knowledge', '-o', '/dev/null', '-w', '%{http_version} %{http_code}', '-H', 'x-scim-role: administrator',
    '-H', 'X_Scim_Role: administrator', '-H', 'X-SCIM-GROUPS: Admins', "http://127.0.0.1:$site->{front}{port}/open/x");
is($said, '2 200', 'HTTP/2: status');
like(arrived($app), qr{^GET /+x HTTP/1.1}, 'HTTP/2: the request arrives');
unlike(received($app), qr/scim|Admins|administrator/i, 'HTTP/2: without headers of ours');

# --- many groups, and groups in a circle -----------------------------------------------------------------------------------------------

sql("insert into scim.resource (tenant, id, type, doc) select '$one', scim.new_id(now()), 'Group', jsonb_build_object('displayName', 'Many ' || i)
    from generate_series(1, 10000) i");
sql("insert into scim.membership (tenant, group_id, member_id, member_type) select '$one', r.id, '$ann', 'User' from scim.resource r
    where r.tenant = '$one' and r.type = 'Group' and r.doc ->> 'displayName' like 'Many %'");
sql('analyze scim.resource, scim.membership');
my $began = time;
$site->may_not('/group', 'ann', 403, 'no group Admins', 'an account in 10,000 groups');
cmp_ok(time - $began, '<', 2, 'is decided in less than two seconds');
$site->may('/expr', 'ann', 'by one of them', 'X-Group' => 'MANY 9999');
my @ring = map { $t->make(Groups => displayName => "Ring $_") } 1 .. 3;
sql("insert into scim.membership (tenant, group_id, member_id, member_type) values ('$one', '$ring[0]', '$ring[1]', 'Group'), ('$one', '$ring[1]', '$ring[2]', 'Group'),
    ('$one', '$ring[2]', '$ring[0]', 'Group'), ('$one', '$ring[0]', '$zoe', 'User')");
sql("update scim.tenant set nests = true where tenant = '$one'");
$site->may('/expr', "Zo\x{eb}", "by a circle of groups: Ring $_", 'X-Group' => "Ring $_") for 1 .. 3;
$site->may_not('/group', 'ann', 403, 'no group Admins', 'and 10,000 groups where there are circles');

# --- while access changes -----------------------------------------------------------------------------------------------------------------

# Each child records when a request began that was allowed. None of them may have begun after the change was answered.
for my $change (['deactivated', sub { $t->patch("/Users/$zoe", [{ op => 'replace', path => 'active', value => false }]) }, 'active', true],
    ['taken out of the group', sub { $t->patch("/Groups/$admins", [{ op => 'remove', path => qq(members[value eq "$zoe"]) }]) }],
    ['deleted', sub { $t->request(DELETE => "/Users/$zoe") }]) {
    my ($what, $do, $back) = @$change;
    pipe my $in, my $out or die;
    my @pids = map {
        my $pid = fork // die;
        if (!$pid) {
            $t->{agent}->conn_cache({ total_capacity => 1 });
            my ($end, $last) = (time + 1.5, 0);
            while (time < $end) {
                my $start = time;
                my $status = $site->ask($what eq 'taken out of the group' ? '/group' : '/user', "Zo\x{eb}")->{status};
                $last = $start if $status == 200;
            }
            syswrite $out, "$last\n";
            POSIX::_exit(0);
        }
        $pid;
    } 1 .. 3;
    close $out;
    select undef, undef, undef, 0.5;
    my $status = $do->()->{status};
    my $done = time;
    waitpid $_, 0 for @pids;
    my @last = <$in>;
    like($status, qr/^20[04]$/, "$what meanwhile");
    is(scalar(grep { $_ > $done } @last), 0, "$what: no request that began afterwards was let in");
    cmp_ok((sort { $b <=> $a } @last)[0], '>', 0, "$what: those before were");
    $t->patch("/Users/$zoe", [{ op => 'replace', path => 'active', value => true }]) if $back;
}
is_deeply([$site->error_lines(qr/exit signal|Sanitizer/)], [], 'nothing crashed');
done_testing;
