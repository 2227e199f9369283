# The audit log of provisioning: entries have the values before and after, of changed members only.
use strict;
use warnings;
use utf8;
use Test::More;
use URI::Escape 'uri_escape_utf8';
use ScimReads;
use ScimTest;

my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $t = ScimTest->new('audit');
my $tenant = $t->tenant;
my $last = 0;

# The entries since the last call: [action, name, before, after] each.
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

# Changes that the server makes itself are recorded, too.
$t->admin(PATCH => '', { deriveDisplayName => true });
news();
$t->patch("/Users/$kim", [{ op => 'add', path => 'name', value => { givenName => 'Kim', familyName => 'Kane' } }]);
is_json(news(), [['update', 'kim', { displayName => 'kim' }, { displayName => 'Kim Kane', name => { givenName => 'Kim', familyName => 'Kane' } }]],
    'PATCH where names are derived');
$t->patch("/Users/$kim", [{ op => 'replace', path => 'roles', value => [{ value => 'read-only' }] }]);
is_json(news(), [['update', 'kim', undef, { role => 'read-only', roles => [{ value => 'read-only' }] }]], 'PATCH of the role');
$t->admin(PATCH => '', { deriveDisplayName => false });
news();

# Several operations in one transaction: an operation that changes nothing has no effect on the next one's entry.
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

# With a guard a Bulk request is one transaction: entries have the group's name at that time.
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

# Deleting a user counts once, and removes it from every group.
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

# --- reading by administrators ---

# The cost of a page does not depend on its position, or on other entries of the log.
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
# If no index can answer a search, a page reads a limited part of the log, and says where the next one continues.
my $PIECE = 20_000;
sql("insert into scim.audit (tenant, at, actor_kind, actor, action, object_type, object_id, object_name)
    select '$tenant', timestamptz '2100-01-01Z' + i * interval '1 second', 'token', case when i in (5, 6, 30000) then 'seldom' else 'often' end,
           case when i = 7 then 'convert' else 'update' end, case when i = 7 then 'Template' else 'User' end, 'search-' || i,
           case when i in (3, 4, 44000) then 'Žofie' when i = 8 then 'Näme 8' else 'name ' || i end
      from generate_series(1, 45000) i");
sql('vacuum analyze scim.audit');
my $newest = sql("select max(id) from scim.audit where tenant = '$tenant'");
sub page_of { my ($query) = @_; return $t->admin(GET => "/audit?$query")->{json} }
sub numbers { return [map { $_->{objectId} =~ /^search-(\d+)$/ ? 0 + $1 : $_->{objectId} } @{ $_[0]{items} }] }
my $q = 'q=' . uri_escape_utf8('žofi');
my $first = page_of($q);
is_json([numbers($first), $first->{next}], [[44000], $newest - $PIECE + 1 . ''], 'what was found in the newest entries, and where to go on');
my $second = page_of("$q&after=$first->{next}");
is_json([numbers($second), $second->{next}], [[], $newest - 2 * $PIECE + 1 . ''], 'nothing in those before');
my $third = page_of("$q&after=$second->{next}");
is_json(numbers($third), [4, 3], 'the rest');
my %reads = (
    'q=search-44990'  => [[44990], $PIECE, 'by an id'],
    'q=NAME+44990'    => [[44990], $PIECE, 'in capitals'],
    'q=zofie'         => [[44000], $PIECE, 'without accents'],
    'q=OFTEN&limit=2' => [[45000, 44999], 0, 'by an actor'],
    'actor=seldom'    => [[30000, 6, 5], 0, 'who acts seldom, by an index'],
    'actor=seldom&until=2100-01-01T00:01:00Z' => [[6, 5], 0, 'at a time'],
    'until=2100-01-01T00:00:05Z&limit=3'      => [[4, 3, 2], 4000, 'of the beginning'],
    'until=2100-01-01T00:00:09Z&q=name'       => [[8, 7, 6, 5, 2, 1], $PIECE, 'and by name, with accents or without'],
    'since=2100-01-01T12:29:59Z&until=2100-01-01T12:30:01Z' => [[45000, 44999], 4000, 'between two times'],
    'action=convert'  => [[], $PIECE, 'an action that was seldom done'],
    'objectType=Template&until=2100-01-01T01:00:00Z' => [[7], $PIECE, 'a type, at a time'],
);
for my $query (sort keys %reads) {
    my ($expected, $most, $name) = @{ $reads{$query} };
    my $found;
    # The second reading is compared with the shown result.
    my $read = rows_read(sub { $found = page_of($query) }, 'audit');
    is_json(numbers($found), $expected, "$name: $query");
    cmp_ok($read, '<=', $most + 120, "$name: reads a piece") or diag $read;
}
my ($next, @found) = ('');
do { my $page = page_of($next ? "action=convert&after=$next" : "action=convert"); push @found, @{ numbers($page) }; $next = $page->{next} } while $next;
is_json(\@found, [7], 'all pieces together');
like(scimctl(qw(audit list --action convert --tenant), $tenant), qr/ convert +Template +/, 'scimctl goes on by itself until there is something');

# A long transaction writes its entries late, with the time of its beginning.
sql("insert into scim.audit (tenant, at, actor_kind, actor, action, object_type, object_id)
    select '$tenant', timestamptz '2100-03-01Z' + i * interval '1 hour' - i % 3 * interval '25 minutes', 'token', 'late', 'update', 'User', 'search-' || i
      from generate_series(1, 400) i");
for my $hour (3, 100, 101, 102, 399) {
    my ($from, $to) = map { sql("select to_char((timestamptz '2100-03-01Z' + $hour * interval '1 hour' + interval '$_ minutes') at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')") } -51, 11;
    my $expected = unjson(sql("select jsonb_agg(substr(object_id, 8)::int order by id desc) from scim.audit where tenant = '$tenant' and actor = 'late' and at >= '$from' and at < '$to'"));
    is_json(numbers(page_of("since=$from&until=$to")), $expected, "about hour $hour");
}

# An entry with very many members shows a hundred of them in a list, and all of them alone.
sql("insert into scim.audit (tenant, actor_kind, actor, action, object_type, object_id, object_name, before)
    select '$tenant', 'token', 'many', 'remove-members', 'Group', '$team', 'Crew', jsonb_build_object('members', (select jsonb_agg(md5(i::text || g)::uuid) from generate_series(1, 3000) i))
      from generate_series(1, 3) g");
for my $entry (@{ page_of('actor=many')->{items} }) {
    is_json([scalar @{ $entry->{before}{members} }, $entry->{after}, scalar @{ $entry->{members}{items} }, $entry->{members}{count}], [100, undef, 100, 3000], 'in a list');
    my $whole = $t->admin(GET => "/audit/$entry->{id}")->{json};
    is(scalar @{ $whole->{before}{members} }, 3000, 'by itself');
    is_json([@{ $whole->{before}{members} }[0 .. 99]], $entry->{before}{members}, 'the first hundred');
}

is_json([map { $_->{action} } @{ $t->admin(GET => "/audit?objectId=$team&action=create")->{json}{items} }], ['create'], 'what is asked for');

done_testing;
