# The cache of decisions (store/facts_kept.h): a cached decision is used only until something in the tenant changes.
# Every change, by every kind of request, has an effect on the next request. A change by hand in SQL is not noticed; so
# it shows what is cached, and for how long.
use strict;
use warnings;
use Test::More;
use ScimAuthz;
use ScimFront;
use ScimTest;

my ($t, $other) = map { ScimTest->new($_) } qw(kept kept-other);
my $tenant = $t->tenant;
my %user = map { $_ => $t->make(Users => userName => $_, emails => [{ value => "$_\@mail.example", primary => true }]) } qw(kim lee old);
my $staff = $t->make(Groups => displayName => 'Staff', members => [{ value => $user{kim} }]);
my $inner = $t->make(Groups => displayName => 'Inner', members => [{ value => $user{lee} }]);
$t->admin(PATCH => "//tenants/$tenant", { syncPolicy => 'groups' });
$t->admin(POST => '/subscriptions', { name => 'Web' });
$t->admin(POST => '/flags', { flag => 'vip' });
my %asked = (web => 'scim-entitlement Web', user => 'scim-user', admin => 'scim-role administrator', staff => 'scim-group Staff', vip => 'scim-flag vip',
    many => 'scim-role administrator user', any => "scim-role administrator\n    Require scim-group Staff\n    Require scim-entitlement Web");
my $site = ScimAuthz->new($t, join('', qq(AliasMatch "^/[a-z]+\$" "$ScimFront::home/site/index.html"\n), qq(Header always set X-Reason "expr=%{note:scim-reason}"\n),
    (map { qq(<Location "/$_">\nAUTH\nTENANT\nRequire $asked{$_}\n</Location>\n) } sort keys %asked), <<'CONF'), 'headers');
<Location "/linked">
    AUTH
    TENANT
    ScimLink "https://op.example" "%{HTTP:X-Subject}"
    Require scim-user kim
</Location>
<Location "/metrics">
    SetHandler scim-metrics
    Require local
</Location>
CONF

sub status { my ($place, $login, @headers) = @_; return $site->ask("/$place", $login // 'kim', @headers)->{status} }
# Often enough to fill the cache of each httpd process.
sub warm { status(@_) for 1 .. 12 }
sub decided { my ($expected, $place, $why, @who) = @_; is(join("," , map { status($place, @who) } 1 .. 4), join(",", ($expected) x 4), $why) }
sub done { my ($status, $res) = @_; is($res->{status}, $status, "the change: $status") or diag $res->{body}; return $res->{json} }

# --- cached decisions are used ---
my $SQL = "scim.membership where tenant = '$tenant' and group_id = '$staff' and member_id = '$user{kim}'";
warm('staff');
decided(200, 'staff', 'a member of the group');
{
    # Without the triggers that tests use for changes by hand.
    local $ENV{PGUSER} = 'postgres';
    sql("set session_replication_role = replica; delete from $SQL");
}
is(sql("select count(*) from $SQL"), 0, 'is taken out by hand');
decided(200, 'staff', 'what tells nobody is not seen: it is what was remembered');
$other->make(Users => userName => 'elsewhere');
decided(200, 'staff', 'a change in another tenant is none of this one');
$t->make(Users => userName => 'somebody');
decided(403, 'staff', 'any change of the tenant, and all is read anew');
$t->patch("/Groups/$staff", [{ op => 'add', path => 'members', value => [{ value => $user{kim} }] }]);
decided(200, 'staff', 'a member again');

# --- each kind of request ---
# The change, the affected user and place, and the new decision. At the beginning of each, the old decision is cached.
my ($grant, $mapping, $link, $batch);
my $login = sub { sql("select count(*) from scim.first_login where tenant = '$tenant' and user_id = '$user{$_[0]}'") };
my @doors = (
    ['a mapping is added', 'web', 'kim', 403, 200, sub { $mapping = done(201, $t->admin(POST => '/mappings', { group => 'Staff', subscription => 'Web' }))->{id} }],
    ['a client takes the member out', 'web', 'kim', 200, 403, sub { $t->patch("/Groups/$staff", [{ op => 'remove', path => qq(members[value eq "$user{kim}"]) }]) }],
    ['a client adds it', 'web', 'kim', 403, 200, sub { $t->patch("/Groups/$staff", [{ op => 'add', path => 'members', value => [{ value => $user{kim} }] }]) }],
    ['a client adds a group to the group', 'web', 'lee', 403, 200, sub { $t->patch("/Groups/$staff", [{ op => 'add', path => 'members', value => [{ value => $inner, type => 'Group' }] }]) }],
    ['and takes it out', 'staff', 'lee', 200, 403, sub { $t->patch("/Groups/$staff", [{ op => 'remove', path => qq(members[value eq "$inner"]) }]) }],
    ['a mapping is removed', 'any', 'kim', 200, 200, sub { done(204, $t->admin(DELETE => "/mappings/$mapping")) }],
    ['which was the way to it', 'web', 'kim', 403, 403, sub { }],
    ['a subscription is granted', 'web', 'lee', 403, 200, sub { $grant = done(201, $t->admin(POST => '/grants', { user => 'lee', subscription => 'Web' }))->{id} }],
    ['a grant is withdrawn', 'web', 'lee', 200, 403, sub { done(204, $t->admin(DELETE => "/grants/$grant")) }],
    ['a role by a client', 'admin', 'kim', 403, 200, sub { $t->patch("/Users/$user{kim}", [{ op => 'replace', path => 'roles', value => [{ value => 'administrator', primary => true }] }]) }],
    ['a role by an administrator', 'admin', 'kim', 200, 403, sub { done(200, $t->admin(PATCH => '/users/kim', { role => 'user' })) }],
    ['a role of a group', 'admin', 'lee', 403, 200, sub { done(201, $t->admin(POST => '/mappings', { group => 'Inner', role => 'administrator' })) }],
    ['a policy', 'admin', 'lee', 200, 403, sub { done(200, $t->admin(PATCH => "//tenants/$tenant", { syncPolicy => 'manual' })) }],
    ['a policy saved with its preview', 'admin', 'lee', 403, 200, sub { done(200, $t->admin(PATCH => "//tenants/$tenant", { syncPolicy => 'groups' })) }],
    ['a flag', 'vip', 'kim', 403, 200, sub { done(200, $t->admin(PATCH => '/users/kim', { flags => ['vip'] })) }],
    ['a flag is taken away', 'vip', 'kim', 200, 403, sub { done(200, $t->admin(PATCH => '/users/kim', { flags => [] })) }],
    ['what people log in by', 'user', 'kim', 200, 403, sub { done(200, $t->admin(PATCH => "//tenants/$tenant", { loginAttribute => 'email' })) }],
    ['and back', 'user', 'kim', 403, 200, sub { done(200, $t->admin(PATCH => "//tenants/$tenant", { loginAttribute => 'userName' })) }],
    ['another userName', 'user', 'kim', 200, 403, sub { $t->patch("/Users/$user{kim}", [{ op => 'replace', path => 'userName', value => 'kimberley' }]) }],
    ['somebody else has it now', 'user', 'kim', 403, 200, sub { $t->make(Users => userName => 'kim') }],
    ['who is deleted', 'user', 'kim', 200, 403, sub { my ($found) = @{ $t->request(GET => '/Users?filter=userName+eq+%22kim%22')->{json}{Resources} }; done(204, $t->request(DELETE => "/Users/$found->{id}")) }],
    ['and the first is called so again', 'user', 'kim', 403, 200, sub { $t->patch("/Users/$user{kim}", [{ op => 'replace', path => 'userName', value => 'kim' }]) }],
    ['deactivated by Bulk', 'user', 'kim', 200, 403, sub { done(200, $t->request(POST => '/Bulk', { schemas => ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations => [{ method => 'PATCH', path => "/Users/$user{kim}", data => { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'active', value => false }] } }] })) }],
    ['active by PUT', 'user', 'kim', 403, 200, sub { done(200, $t->request(PUT => "/Users/$user{kim}", { schemas => [$USER], userName => 'kim', active => true })) }],
    ['deactivated by an administrator', 'user', 'lee', 200, 403, sub { done(200, $t->admin(POST => '/users/lee/convert', {})); done(200, $t->admin(PATCH => '/users/lee', { active => false })) }],
    ['merged into another account', 'user', 'old', 200, 403, sub { done(200, $t->admin(POST => '/users/old/merge', { into => 'kim', confirm => 'old' })) }],
    ['the group is deleted', 'staff', 'kim', 200, 403, sub { done(204, $t->request(DELETE => "/Groups/$staff")) }],
    ['the tenant is switched off', 'user', 'kim', 200, 403, sub { done(200, $t->admin(POST => "//tenants/$tenant/disable", { accounts => 'deactivate' })) }],
);
for my $door (@doors) {
    my ($why, $place, $who, $before, $after, $change) = @$door;
    warm($place, $who);
    decided($before, $place, "before: $why", $who);
    $change->();
    decided($after, $place, "after: $why", $who);
}

# --- a removed tenant, with its tally ---
done(200, $other->admin(POST => '/disable', { accounts => 'keep' }));
done(200, $other->admin(POST => '/enable', {}));
my $gone = ScimAuthz->new($other, <<'CONF', 'headers');
<Location "/user">
    AUTH
    TENANT
    Require scim-user
</Location>
CONF
is(join(',', map { $gone->ask('/user', 'elsewhere')->{status} } 1 .. 12), join(',', (200) x 12), 'somebody of another tenant');
done(200, $other->admin(POST => '/disable', { accounts => 'keep' }));
done(200, $other->admin(POST => '/remove', { confirm => $other->tenant }));
is(join(',', map { $gone->ask('/user', 'elsewhere')->{status} } 1 .. 4), join(',', (403) x 4), 'who asked nothing while it was removed is nobody');
done_testing;
