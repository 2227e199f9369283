# What writes of provisioning leave in the audit log: what was before and after, of what has changed and of nothing else.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimReads;
use ScimTest;

my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $t = ScimTest->new('audit');
my $tenant = $t->tenant;
my $last = 0;

# What was written since the last time: [action, name, before, after] each.
sub news {
    my $rows = unjson(sql("select coalesce(jsonb_agg(jsonb_build_array(id, action, object_name, before, after) order by id), '[]')
        from scim.audit where tenant = '$tenant' and id > $last and object_type <> 'Role'"));
    $last = $rows->[-1][0] if @$rows;
    return [map { [@$_[1 .. 4]] } @$rows];
}
sub full { my ($name, %more) = @_; return { schemas => [$USER], userName => $name, %more } }

news();
my $kim = $t->make(Users => userName => 'kim', title => 'Baker', externalId => 'k-1');
is_json(news(), [['create', 'kim', undef, { %{ full('kim', title => 'Baker', externalId => 'k-1') }, displayName => 'kim', active => true }]], 'POST');

$t->patch("/Users/$kim", [{ op => 'replace', path => 'title', value => 'Cook' }, { op => 'add', path => 'nickName', value => 'K "the" \\ knife' },
    { op => 'replace', path => 'externalId', value => 'k-1' }]);
is_json(news(), [['update', 'kim', { title => 'Baker' }, { title => 'Cook', nickName => 'K "the" \\ knife' }]], 'PATCH: what has changed');
$t->patch("/Users/$kim", [{ op => 'remove', path => 'nickName' }]);
is_json(news(), [['update', 'kim', { nickName => 'K "the" \\ knife' }, undef]], 'PATCH: what is gone');
$t->patch("/Users/$kim", [{ op => 'replace', path => 'title', value => 'Cook' }]);
is_json(news(), [], 'PATCH that changes nothing');
$t->patch("/Users/$kim", [{ op => 'add', path => "$ENTERPRISE:department", value => 'Kitchen' }]);
is_json(news(), [['update', 'kim', { schemas => [$USER] }, { schemas => [$USER, $ENTERPRISE], $ENTERPRISE => { department => 'Kitchen' } }]], 'PATCH of an extension');
$t->request(PUT => "/Users/$kim", full('kim', title => 'Chef', externalId => 'k-1'));
is_json(news(), [['update', 'kim', { title => 'Cook', schemas => [$USER, $ENTERPRISE], $ENTERPRISE => { department => 'Kitchen' } },
    { title => 'Chef', schemas => [$USER] }]], 'PUT');
$t->request(PUT => "/Users/$kim", full('kim', title => 'Chef', externalId => 'k-1'));
is_json(news(), [], 'PUT of the same');

# What the server changes itself is told as well.
$t->admin(PATCH => '', { deriveDisplayName => true });
news();
$t->patch("/Users/$kim", [{ op => 'add', path => 'name', value => { givenName => 'Kim', familyName => 'Kane' } }]);
is_json(news(), [['update', 'kim', { displayName => 'kim' }, { displayName => 'Kim Kane', name => { givenName => 'Kim', familyName => 'Kane' } }]],
    'PATCH where names are derived');
$t->patch("/Users/$kim", [{ op => 'replace', path => 'roles', value => [{ value => 'read-only' }] }]);
is_json(news(), [['update', 'kim', undef, { role => 'read-only', roles => [{ value => 'read-only' }] }]], 'PATCH of the role');
$t->admin(PATCH => '', { deriveDisplayName => false });
news();

# In one transaction what one operation leaves as it was says nothing of the next.
my $lee = $t->make(Users => userName => 'lee', externalId => 'l-1', title => 'Clerk');
$t->request(DELETE => "/Users/$lee");
is_json([map { $_->[0] } @{ news() }], [qw(create delete)], 'made and deleted');
my $stored = $t->request(GET => "/Users/$kim")->{json};
delete @$stored{qw(id meta groups)};
my $res = $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [
    { method => 'PUT', path => "/Users/$kim", data => $stored },
    { method => 'POST', path => '/Users', bulkId => 'l', data => full('lee', externalId => 'l-1', title => 'Baker') },
    { method => 'PATCH', path => "/Users/$kim", data => { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'title', value => 'Owner' }] } }] });
is_json([map { $_->{status} } @{ $res->{json}{Operations} }], [qw(200 201 200)], 'Bulk');
is_json([sort { $a->[1] cmp $b->[1] } @{ news() }], [
    ['update', 'kim', { title => 'Chef' }, { title => 'Owner' }],
    ['restore', 'lee', { title => 'Clerk', active => false }, { title => 'Baker', active => true }]], 'each its own');

# Members.
my $team = $t->make(Groups => displayName => 'Team');
is_json(news(), [['create', 'Team', undef, { schemas => [$GROUP], displayName => 'Team' }]], 'a group');
$t->patch("/Groups/$team", [{ op => 'add', path => 'members', value => [{ value => $kim }, { value => $lee }] }]);
is_json(news(), [['add-members', 'Team', undef, { members => [sort $kim, $lee] }]], 'members');
$t->patch("/Groups/$team", [{ op => 'add', path => 'members', value => [{ value => $kim }] }]);
is_json(news(), [], 'who is one already');
$t->patch("/Groups/$team", [{ op => 'remove', path => qq(members[value eq "$kim"]) }]);
is_json(news(), [['remove-members', 'Team', { members => [$kim] }, undef]], 'one less');
$t->request(DELETE => "/Users/$lee");
is_json(news(), [['delete', 'lee', { active => true }, { active => false }], ['remove-members', 'Team', { members => [$lee] }, undef]], 'who is deleted leaves');

# Where the tenant is watched a Bulk request is one transaction: a group is called what it is called by then.
is($t->admin(PATCH => '', { guardLimit => 1000 })->{status}, 200, 'watched');
my $max = $t->make(Users => userName => 'max');
news();
$res = $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [
    { method => 'PATCH', path => "/Groups/$team", data => { schemas => [$PATCH], Operations => [{ op => 'add', path => 'members', value => [{ value => $max }] }] } },
    { method => 'PATCH', path => "/Groups/$team", data => { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'displayName', value => 'Crew' }] } },
    { method => 'DELETE', path => "/Users/$max" }] });
is_json([map { $_->{status} } @{ $res->{json}{Operations} }], [qw(204 204 204)], 'members, a new name, and a member less');
is_json(news(), [['add-members', 'Team', undef, { members => [$max] }], ['update', 'Crew', { displayName => 'Team' }, { displayName => 'Crew' }],
    ['delete', 'max', { active => true }, { active => false }], ['remove-members', 'Crew', { members => [$max] }, undef]], 'each by the name of its time');

# Who leaves because of being deleted weighs once, and leaves every group.
my ($ned, $oda) = map { $t->make(Users => userName => $_) } qw(ned oda);
$t->make(Groups => displayName => 'Annex', members => [{ value => $oda }]);
news();
for ([$ned, [['Crew', 0]]], [$oda, [['Annex', 0], ['Crew', 0]]]) {
    my ($user, $left) = @$_;
    $res = $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [
        { method => 'PATCH', path => "/Groups/$team", data => { schemas => [$PATCH], Operations => [{ op => 'add', path => 'members', value => [{ value => $user }] }] } },
        { method => 'DELETE', path => "/Users/$user" }] });
    is_json([map { $_->{status} } @{ $res->{json}{Operations} }], [qw(204 204)], 'a member comes and is deleted');
    is_json(unjson(sql("select jsonb_agg(jsonb_build_array(object_name, weight) order by object_name) from scim.audit
        where tenant = '" . $t->tenant . "' and action = 'remove-members' and before -> 'members' ->> 0 = '$user'")), $left, 'left');
}
news();

# --- as administrators read it ---

# A page reads itself, wherever it is and whatever the log holds beside it.
sql("insert into scim.audit (tenant, actor_kind, actor, action, object_type, object_id, object_name)
    select '$tenant', 'token', 'test', 'update', 'User', 'object-' || i % 100, 'o' from generate_series(1, 20000) i");
my $middle = sql("select min(id) + 10000 from scim.audit where tenant = '$tenant' and object_id like 'object-%'");
for (['the newest', ''], ['from the middle', "&after=$middle"], ['of one object', '&objectId=object-7'], ['of one object, from the middle', "&objectId=object-7&after=$middle"]) {
    my ($name, $query) = @$_;
    my $page;
    my $read = rows_read(sub { $page = $t->admin(GET => "/audit?limit=20$query")->{json} }, 'audit');
    is(scalar @{ $page->{items} }, 20, "$name: a page");
    my @ids = map { $_->{id} } @{ $page->{items} };
    is_json(\@ids, [sort { $b <=> $a } @ids], "$name: in order");
    cmp_ok($read, '<=', 42, "$name: reads itself") or diag $read;
}
is_json([map { $_->{action} } @{ $t->admin(GET => "/audit?objectId=$team&action=create")->{json}{items} }], ['create'], 'what is asked for');

done_testing;
