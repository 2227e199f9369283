# The person whom requests and entries of the audit log concern: activity by person, audit log by person and by request,
# and the history of a person.
use strict;
use warnings;
use utf8;
use Test::More;
use URI::Escape 'uri_escape_utf8';
use ScimTest;

my $t     = ScimTest->new('history')->unmasked;
my $other = ScimTest->new('history-other');
my $own   = $t->tenant;

sub rows { my ($path) = @_; my $res = $t->admin(GET => $path); is($res->{status}, 200, $path) or diag $res->{body}; return @{ $res->{json}{items} } }
sub texts { return [map { $_->{text} } rows("/users/$_[0]/history" . ($_[1] // ''))] }
sub asked { return [map { "$_->{method} $_->{status}" } @_] }

# --- requests have the person --------------------------------------------------------------------------------------------------

my $kim = $t->make(Users => userName => 'Kim', externalId => 'e1', active => true);
is($t->patch("/Users/$kim", [{ op => 'replace', path => 'title', value => 'Dr' }])->{status}, 200, 'a change');
is($t->patch("/Users/$kim", [{ op => 'replace', path => 'active', value => 'perhaps' }])->{status}, 400, 'a refused one');
is($t->request(GET => "/Users/$kim")->{status}, 200, 'a look');
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'KIM' })->{status}, 409, 'made twice');
is($t->request(DELETE => "/Users/$kim")->{status}, 204, 'deleted');
ok(eventually(sub { rows('/activity') == 6 }), 'all are in the activity');
my @rows = rows('/activity?user=Kim');
is_json(asked(@rows), ['DELETE 204', 'GET 200', 'PATCH 400', 'PATCH 200', 'POST 201'], 'by the name of a person, who is deleted');
is_json([map { [@$_{qw(object resourceType resourceId)}] } @rows], [map { ['Kim', 'User', $kim] } 1 .. 5], 'each tells the type, the id and the name');
is_json(asked(rows("/activity?user=$kim&outcome=refused")), ['PATCH 400'], 'by the id, those that were refused');
is_json(asked(rows('/activity?q=kim')), ['DELETE 204', 'POST 409', 'GET 200', 'PATCH 400', 'PATCH 200', 'POST 201'], 'a search by the name finds all');
is_json(asked(rows('/activity?user=Kim&limit=2')), ['DELETE 204', 'GET 200'], 'a page');
my ($refused) = rows('/activity?status=409');
is_json([@$refused{qw(object resourceType resourceId)}], ['KIM', 'User', undef], 'what was not made has no id');
is_problem($t->admin(GET => '/activity?user=nobody'), 404, $ANY, { user => $ANY }, 'nobody');
is_problem($t->admin(GET => '/activity?group=nobody'), 404, $ANY, { group => $ANY }, 'no such group');
is($t->make(Users => userName => 'Kim', externalId => 'e1'), $kim, 'restored under the old id');
ok(eventually(sub { rows("/activity?user=$kim&method=POST") == 2 }), 'which the request tells');
like(scimctl(qw(activity list --user Kim --limit 1 --tenant), $own), qr{ POST +/Users +201 +done +- +Kim\n}, 'scimctl names it');

my $sales = $t->make(Groups => displayName => 'Sales');
is($t->patch("/Groups/$sales", [{ op => 'add', path => 'members', value => [{ value => $kim }] }])->{status}, 204, 'joins');
is_json(asked(rows('/activity?group=sales')), ['PATCH 204', 'POST 201'], 'by a group');

# A leniency that the request needed.
is($t->patch("/Users/$kim", [{ op => 'Replace', path => 'title', value => 'Prof' }])->{status}, 200, 'an operation in capitals');
is_json((rows('/activity?user=Kim&limit=1'))[0]{leniencies}, ['capital-op'], 'is told') if ($ENV{SCIM_TEST_PROFILE} // 'lenient') eq 'lenient';

# Names that activity must not show.
$t->admin(PATCH => '', { activityMask => ['userName'] });
is((rows("/activity?user=$kim&method=DELETE"))[0]{object}, '***', 'a masked name is not shown');
is((rows('/activity?group=sales&limit=1'))[0]{object}, 'Sales', 'of a group it is');
$t->admin(PATCH => '', { activityMask => [] });

# --- the audit log ---------------------------------------------------------------------------------------------------------------

my ($joined) = rows('/audit?limit=1&action=add-members');
is_json($joined->{members}, { count => 1, items => [{ id => $kim, name => 'Kim' }] }, 'who joined has a name');
is_json([map { $_->{action} } rows("/audit?user=Kim")], [qw(update add-members restore delete update create)], 'by a person, its groups included');
is_json([map { $_->{action} } rows("/audit?user=$kim&limit=2")], [qw(update add-members)], 'a page');
is_json([map { $_->{action} } rows("/audit?user=$kim&after=$joined->{id}")], [qw(restore delete update create)], 'the next');
is_json([map { $_->{id} } rows("/audit?request=" . uri_escape_utf8($joined->{request}))], [$joined->{id}], 'by a request');
my ($row) = rows('/activity?request=' . uri_escape_utf8($joined->{request}));
is_json([@$row{qw(method path)}], ['PATCH', "/Groups/$sales"], 'whose request is found');
is_json([map { $_->{objectName} } rows('/audit?objectType=Group')], ['Sales', 'Sales'], 'by a type');
is_json([rows('/audit?objectType=Group&user=Kim')], [$joined], 'by both');
is_admin($t->admin(GET => "/audit/$joined->{id}"), 200, $joined, 'one entry');
is_problem($t->admin(GET => "/audit/$_"), 404, qq(There is no entry "$_" in the audit log; its list shows the numbers.), { entry => $ANY }, "entry $_") for '999999999', 'x';
is_problem($other->admin(GET => "/audit/$joined->{id}"), 404, $ANY, { entry => $ANY }, 'not of another tenant');
is_json($other->admin(GET => "/audit?request=$joined->{request}")->{json}{items}, [], 'nor in its list');
like(scimctl(qw(audit show --tenant), $own, $joined->{id}), qr/^Members +1: Kim$/m, 'scimctl audit show');

# --- the history of a person ----------------------------------------------------------------------------------------------------------

$t->admin(POST => '/subscriptions', { name => 'Web' });
$t->admin(POST => '/subscriptions', { name => 'Mail' });
$t->admin(PATCH => '', { syncPolicy => 'groups' });
my $mapping = $t->admin(POST => '/mappings', { group => 'Sales', subscription => 'Web' })->{json}{id};
$t->admin(POST => '/grants', { user => 'Kim', subscription => 'Mail' });
$t->admin(PATCH => '/subscriptions/web', { seats => 7 });
is($t->patch("/Groups/$sales", [{ op => 'remove', path => qq(members[value eq "$kim"]) }])->{status}, 204, 'leaves');
$t->admin(DELETE => "/mappings/$mapping");
is($t->patch("/Users/$kim", [{ op => 'replace', path => 'active', value => false }])->{status}, 200, 'deactivated');
my @all = ('deactivated', 'left the group "Sales"', 'granted "Mail" (manual)', 'the group "Sales" was mapped to "Web"', 'the tenant was changed: syncPolicy groups',
    'changed: title', 'joined the group "Sales"', 'restored', 'deleted', 'changed: title', 'made by the identity provider');
is_json([grep { !/^the tenant was changed: $/ } @{ texts('Kim') }], \@all, 'everything that changed the account, its groups and its access');
is_json(texts($kim, '?limit=2'), [@all[0, 1]], 'a page');
my ($second) = (rows("/users/$kim/history?limit=2"))[1];
is_json(texts($kim, "?limit=2&after=$second->{id}"), [@all[2, 3]], 'the next page');
is_json([@$second{qw(actorKind actor action objectName request)}], ['token', 'test', 'remove-members', 'Sales', $second->{request}], 'with actor and request');
ok(length $second->{request}, 'which has an id');
is_json(texts('Kim', '?since=2100-01-01T00:00:00Z'), [], 'since');
is_json(texts('Kim', '?until=2020-01-01T00:00:00Z'), [], 'until');
like(scimctl(qw(user history Kim --tenant), $own), qr/^Time +By +Name +What\n\S+ +token +test +deactivated\n/, 'scimctl user history');
is_problem($t->admin(GET => '/users/nobody/history'), 404, $ANY, { user => $ANY }, 'nobody');
is_json($other->admin(GET => "/users/$kim/history")->{json}{items}, [], 'not of another tenant');

# Nested groups: a change above the person's own group changes the person's access, too.
my $max = $t->make(Users => userName => 'Max');
my ($inner, $middle, $outer) = map { $t->make(Groups => displayName => $_) } qw(Inner Middle Outer);
sub join_group { my ($op, $group, $member) = @_; is($t->patch("/Groups/$group", [$op eq 'add' ? { op => $op, path => 'members', value => [{ value => $member }] } : { op => $op, path => qq(members[value eq "$member"]) }])->{status}, 204, "$op a member") }
$t->admin(POST => '/mappings', { group => 'Outer', subscription => 'Web' });
join_group(add => $outer, $middle);
join_group(add => $middle, $inner);
join_group(add => $inner, $max);
join_group(remove => $outer, $middle);
$t->admin(POST => '/mappings', { group => 'Outer', subscription => 'Mail' });
join_group(add => $outer, $middle);
$t->admin(DELETE => '/mappings/' . $_->{id}) for grep { $_->{group} eq 'Outer' && $_->{subscription} eq 'Mail' } @{ $t->admin(GET => '/mappings')->{json}{items} };
is($t->request(DELETE => "/Groups/$outer")->{status}, 204, 'the outermost is archived');
join_group(remove => $inner, $max);
join_group(remove => $middle, $inner);
my @nested = ('left the group "Inner"', 'the group "Outer" was archived', 'the group "Outer" is no longer mapped to "Mail"', 'the group "Middle" joined the group "Outer"',
    'the group "Outer" was mapped to "Mail"', 'the group "Middle" left the group "Outer"', 'joined the group "Inner"', 'made by the identity provider');
is_json([grep { $_ ne $nested[4] } @{ texts('Max') }], [grep { $_ ne $nested[4] } @nested], 'of groups in groups, too');
is_json([map { @{ texts('Max', "?limit=1&after=" . (rows("/users/Max/history?limit=$_"))[-1]{id}) } } 1 .. 2], [@{ texts('Max') }[1, 2]], 'page by page');
is($t->request(DELETE => "/Users/$max")->{status}, 204, 'deleted');
ok((grep { $_ eq $nested[3] } @{ texts($max) }), 'what a group above has done is still there');

# The history of another person has none of these entries; that of a deleted person still has them.
my $lee = $t->make(Users => userName => 'Lee');
is_json(texts('Lee'), ['made by the identity provider'], 'somebody else');
is($t->request(DELETE => "/Users/$kim")->{status}, 204, 'deleted');
is(texts('Kim')->[0], 'deleted', 'by the name of one who is deleted');
is($t->admin(POST => "/users/$kim/erase", {})->{status}, 204, 'erased');
is_json([@{ texts($kim) }[0, 1]], ['"Mail" was taken back (manual)', 'erased'], 'by the id of one who is erased');
is_json([map { $_->{name} } @{ $t->admin(GET => "/audit/$joined->{id}")->{json}{members}{items} }], [undef], 'who has no name any longer');

# A Bulk request concerns all people whom it has changed.
my $bo = $t->make(Users => userName => 'Bo');
my $crew = $t->make(Groups => displayName => 'Crew');
is($t->patch("/Users/$bo", [{ op => 'replace', path => 'active', value => 'perhaps' }])->{status}, 400, 'a refused request');
my $bulk = $t->request(POST => '/Bulk', { schemas => ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations => [
    { method => 'PATCH', path => "/Users/$bo", data => { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'title', value => 'Bulk' }] } },
    { method => 'POST', path => '/Users', bulkId => 'b', data => { schemas => [$USER], userName => 'Bea' } },
    { method => 'PATCH', path => "/Groups/$crew", data => { schemas => [$PATCH], Operations => [{ op => 'add', path => 'members', value => [{ value => 'bulkId:b' }] }] } }] });
is_json([map { 0 + $_->{status} } @{ $bulk->{json}{Operations} }], [200, 201, 204], 'a Bulk request');
ok(eventually(sub { asked(rows('/activity?user=Bo'))->[0] eq 'POST 200' }), 'is found by a person whom it changed');
is_json([map { $_->{path} } rows('/activity?user=Bea')], ['/Bulk'], 'by one whom it made');
is_json(asked(rows('/activity?group=Crew')), ['POST 200', 'POST 201'], 'and by a group');
is_json(asked(rows('/activity?user=Bo&outcome=done&method=POST&limit=1')), ['POST 200'], 'with other filters');
ok(eventually(sub { "@{ asked(rows('/activity?user=Bo&outcome=refused')) }" eq 'PATCH 400' }), 'which are looked at');
is_json(asked(rows('/activity?user=Bo&limit=1&after=' . (rows('/activity?user=Bo&limit=1'))[0]{id})), [asked(rows('/activity?user=Bo'))->[1]], 'page by page');
is_json([$other->admin(GET => "/activity?user=$bo")->{json}{items}], [[]], 'not by another tenant');
is_json([map { $_->{action} } grep { ($_->{after}{title} // '') eq 'Bulk' } rows('/audit?limit=3')], ['update'], 'as in the audit log');

# A search by a name that more than a thousand people have finds all of them.
sql("insert into scim.resource (tenant, type, id, user_name_key, active, doc) select '$own', 'User', ('00000003-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, 'crowd' || lpad(i::text, 5, '0'),
    true, jsonb_build_object('schemas', array ['$USER'], 'userName', 'crowd' || lpad(i::text, 5, '0'), 'active', true) from generate_series(1, 1100) i");
my @crowd = map { sprintf '00000003-0000-7000-8000-%012d', $_ } 1, 1100;
is($t->patch("/Users/$_", [{ op => 'replace', path => 'title', value => 'x' }])->{status}, 200, 'a change') for @crowd;
is($t->patch("/Users/$bo", [{ op => 'replace', path => 'emails', value => [{ value => 'Crowd@x.example' }] }])->{status}, 200, 'and one of somebody with such an address');
is_json([map { $_->{resourceId} } rows('/activity?q=crowd')], [$bo, reverse(@crowd), $bo, $bo], 'all are found');

done_testing;
