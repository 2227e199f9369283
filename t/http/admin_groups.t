# Groups for administrators: lists, local groups, groups of the application, archiving, unlinking, members; and what the
# identity provider may do with each kind.
use strict;
use warnings;
use utf8;
use Test::More;
use URI::Escape 'uri_escape_utf8';
use ScimTest;

my $t     = ScimTest->new('agroups');
my $other = ScimTest->new('agroups-other');
my $name_taken = 'displayName is already used by another Group, perhaps by a local one, which provisioning does not see. Rename one of them.';
my $own   = $t->tenant;
my $BULK  = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $MANAGED = sub { qq(The group "$_[0]" is managed by provisioning; change it in your identity provider.) };

# A group in a list, and in an answer of its own.
sub row {
    my ($name, $source, %more) = @_;
    return { id => $ID, displayName => $name, source => $source, kind => undef, project => undef, access => undef, externalId => undef,
        members => qr/^\d+$/, mappings => 0, created => $TIME, lastModified => $TIME, archivedAt => undef, %more };
}
sub shown {
    my ($name, $source, $members, %more) = @_;
    return { %{ row($name, $source, %more) }, members => $members, locked => $source eq 'scim' ? ['displayName', 'members'] : [] };
}
sub show { $t->admin(GET => "/groups/$_[0]") }
sub add { my $res = $t->admin(POST => '/groups', {@_}); is($res->{status}, 201, 'made') or diag $res->{body}; return $res->{json}{id} }
sub refused {
    my ($res, $status, $field, $detail, $name) = @_;
    my $beside = $field && !ref $detail ? $detail =~ s/^\Q$field\E: //r : $detail;
    is_problem($res, $status, $detail, $field ? { $field => $beside } : undef, $name);
}
sub wire { [map { $_->{displayName} } @{ $t->request(GET => '/Groups?count=200')->{json}{Resources} }] }
sub listed { [map { $_->{displayName} } @{ $t->admin(GET => "/groups?$_[0]")->{json}{items} }] }

my $kim = $t->make(Users => userName => 'kim');
my $lee = $t->make(Users => userName => 'lee', displayName => 'Lee');
my $foreign = $other->make(Users => userName => 'foreign');
my $NOBODY  = '00000000-0000-7000-8000-000000000000';
# An account that the identity provider does not see.
my $mia = sql("insert into scim.resource (tenant, id, type, source, doc) values ('$own', '00000001-0000-7000-8000-000000000001', 'User', 'local',
    '{\"schemas\": [\"$USER\"], \"userName\": \"mia\", \"displayName\": \"Mia\"}') returning id");

# --- local groups ---------------------------------------------------------------------------------------------------------------

my $made = $t->admin(POST => '/groups', { displayName => 'Éditeurs' });
is_admin($made, 201, shown('Éditeurs', 'local', 0), 'make a local group');
my $local = $made->{json}{id};
is($made->{headers}->header('Location'), "/admin/tenants/$own/groups/$local", 'its place');
is_admin(show($local), 200, shown('Éditeurs', 'local', 0), 'show it by its id');
is_admin(show(uri_escape_utf8 'ÉDITEURS'), 200, shown('Éditeurs', 'local', 0), 'and by its name, in whatever case');
is_error($t->request(GET => "/Groups/$local"), 404, undef, qq(Group "$local" does not exist.), 'the identity provider does not see it');
is_json(wire(), [], 'nor in its list');
is_json($t->request(GET => '/Groups?count=0')->{json}{totalResults}, 0, 'nor in the number');
is_error($t->request($_->[0] => "/Groups/$local", $_->[1]), 404, undef, $ANY, "and cannot $_->[0] it")
    for [DELETE => undef], [PUT => { schemas => [$GROUP], displayName => 'x' }],
    [PATCH => { schemas => [$PATCH], Operations => [{ op => 'add', path => 'members', value => [{ value => $kim }] }] }];
refused($t->admin(POST => '/groups', { displayName => 'éditeurs' }), 409, 'displayName',
    'There is a group "Éditeurs" already; choose another name.', 'its name in another case');
is_error($t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'ÉDITEURS' }), 409, 'uniqueness',
    $name_taken, 'its name is taken on the wire too');
refused($t->admin(POST => '/groups', {}), 400, 'displayName', 'displayName: is missing; give the name of the group.', 'a group without a name');
refused($t->admin(POST => '/groups', { displayName => 'x', project => 'y' }), 400, 'project',
    'project: only a group of the kind "project" has it; leave it out.', 'a project of no project');
refused($other->admin(GET => "/groups/$local"), 404, 'group', qq(There is no group "$local"; make it first, or correct the name.), 'not for another tenant');

my $etag = show($local)->{headers}->header('ETag');
my $set = $t->admin(PATCH => "/groups/$local", { displayName => 'Writers' }, 'If-Match' => $etag);
is_admin($set, 200, shown('Writers', 'local', 0), 'rename it');
refused($t->admin(PATCH => "/groups/$local", { displayName => 'Readers' }, 'If-Match' => $etag), 412, undef,
    'The resource has another version than If-Match names. Read it again.', 'in an old version');
is_admin($t->admin(PATCH => "/groups/$local", { displayName => 'WRITERS' }), 200, shown('WRITERS', 'local', 0), 'in another case');
refused($t->admin(PATCH => '/groups/nothing', { displayName => 'x' }), 404, 'group', 'There is no group "nothing"; make it first, or correct the name.', 'one that is none');

# --- members of local groups -------------------------------------------------------------------------------------------------------

is_admin($t->admin(POST => "/groups/$local/members", { members => ['KIM', $lee, 'mia', $lee] }), 200, shown('WRITERS', 'local', 3),
    'add members by name and id, one twice');
is_json($t->stored_members($local), [sort $mia, $kim, $lee], 'they are stored');
my $version = sql("select version from scim.resource where tenant = '$own' and id = '$local'");
is_admin($t->admin(POST => "/groups/$local/members", { members => ['kim'] }), 200, shown('WRITERS', 'local', 3), 'again');
is(sql("select version from scim.resource where tenant = '$own' and id = '$local'"), $version, 'changes nothing');
for my $none ('nobody', $NOBODY, $foreign, sql("select id from scim.resource where tenant = '$own' and type = 'Role' limit 1")) {
    refused($t->admin(POST => "/groups/$local/members", { members => ['kim', $none] }), 400, 'members',
        qq(members: "$none" is not a user or group of this tenant; make it first, or correct the name.), "a member that is none: $none");
}
refused($t->admin(POST => "/groups/$local/members", { members => ['writers'] }), 400, 'members',
    'members: a group cannot be a member of itself (writers); leave it out.', 'itself');
sub member { my ($id, $type, $name, $display, $source) = @_; return { id => $id, type => $type, name => $name, displayName => $display, source => $source, added => $TIME } }
my $page = $t->admin(GET => "/groups/$local/members?limit=2");
is_admin($page, 200, { items => [member($mia, 'User', 'mia', 'Mia', 'local'), member($kim, 'User', 'kim', 'kim', 'scim')], next => $kim }, 'members, a page');
is_admin($t->admin(GET => "/groups/$local/members?limit=2&after=$page->{json}{next}"), 200, items(member($lee, 'User', 'lee', 'Lee', 'scim')), 'the next');
is_admin($t->admin(GET => "/groups/$local/members?q=MI"), 200, items(member($mia, 'User', 'mia', 'Mia', 'local')), 'looked for');
is_json($t->request(GET => "/Users/$kim")->{json}{groups}, undef, 'the identity provider sees no local group of a user');
is_empty($t->admin(DELETE => "/groups/$local/members/lee"), 204, 'take a member out');
refused($t->admin(DELETE => "/groups/$local/members/lee"), 404, 'member', '"lee" is not a member of the group "WRITERS"; its list of members shows who is.', 'who is none');
is_json($t->stored_members($local), [sort $mia, $kim], 'the others are there');

# --- groups of the identity provider ---------------------------------------------------------------------------------------------------

my $team = $t->make(Groups => displayName => 'Team', externalId => 'x-1', members => [{ value => $kim }]);
is_admin(show('team'), 200, shown('Team', 'scim', 1, externalId => 'x-1'), 'a group of the identity provider');
for (['PATCH', '', { displayName => 'Crew' }], ['DELETE', '', undef], ['POST', '/members', { members => ['lee'] }], ['DELETE', '/members/kim', undef]) {
    refused($t->admin($_->[0] => "/groups/$team$_->[1]", $_->[2]), 403, 'group', $MANAGED->('Team'), "is not the administrator's: $_->[0] $_->[1]");
}
is_json($t->stored_members($team), [$kim], 'nothing has changed');
refused($t->admin(POST => '/groups', { displayName => 'TEAM' }), 409, 'displayName',
    'There is a group "Team" already, managed by provisioning; choose another name.', 'nor is its name');
refused($t->admin(POST => "/groups/$local/unlink", {}), 409, 'group', 'The group "WRITERS" is not managed by provisioning; there is nothing to unlink.',
    'a local group has nothing to unlink');
# A hidden member is refused like one that does not exist, however a request names members.
for my $none ($NOBODY, $mia) {
    my $detail = qq(members: "$none" is no User or Group of this tenant. Assign that user or group to the application in the identity provider first, so that it is created here before it is a member.);
    my $members = [{ value => $none }];
    is_error($t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'New', members => $members }), 400, 'invalidValue', $detail, "POST with $none");
    is_error($t->request(PUT => "/Groups/$team", { schemas => [$GROUP], displayName => 'Team', members => $members }), 400, 'invalidValue', $detail, "PUT with $none");
    is_error($t->patch("/Groups/$team", [{ op => $_, path => 'members', value => $members }]), 400, 'invalidValue', $detail, "PATCH $_ with $none") for qw(add replace);
}

# --- unlinking ----------------------------------------------------------------------------------------------------------------------------

is_json($t->request(GET => "/Users/$kim")->{json}{groups}[0]{display}, 'Team', 'before: a group of its member');
$etag = show($team)->{headers}->header('ETag');
is_admin($t->admin(POST => "/groups/$team/unlink", {}, 'If-Match' => $etag), 200, shown('Team', 'local', 1, externalId => 'x-1'), 'unlink a group');
is_error($t->request(GET => "/Groups/$team"), 404, undef, qq(Group "$team" does not exist.), 'the identity provider sees it no more');
is_json(wire(), [], 'nor in its list');
is_json($t->request(GET => "/Groups?filter=" . uri_escape_utf8($_))->{json}{totalResults}, 0, "nor by $_")
    for 'displayName eq "Team"', 'externalId eq "x-1"', qq(id eq "$team"), qq(members.value eq "$kim");
is_json($t->request(GET => "/Users/$kim")->{json}{groups}, undef, 'nor in groups of its member');
is_json($t->request(GET => qq(/Users?filter=groups.value%20eq%20"$team"))->{json}{totalResults}, 0, 'nor is anybody found by it');
is_error($t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'team' }), 409, 'uniqueness',
    $name_taken, 'its name stays taken');
is_admin($t->admin(POST => "/groups/$team/members", { members => ['lee'] }), 200, shown('Team', 'local', 2, externalId => 'x-1'), 'it is the administrator\'s now');
is_admin($t->admin(PATCH => "/groups/$team", { displayName => 'Old team' }), 200, shown('Old team', 'local', 2, externalId => 'x-1'), 'who may rename it');
my $team2 = $t->make(Groups => displayName => 'Team');
is_json(wire(), ['Team'], 'and so free the name');
like(sql("select string_agg(concat_ws(' ', actor_kind, action, before ->> 'source', after ->> 'source'), ',' order by id) from scim.audit
    where tenant = '$own' and object_id = '$team' and action = 'unlink'"), qr/^admin unlink scim local$/, 'the audit log tells it');

# --- archiving and restoring --------------------------------------------------------------------------------------------------------------

$etag = show($local)->{headers}->header('ETag');
refused($t->admin(DELETE => "/groups/$local", undef, 'If-Match' => '"0123456789abcdef0123456789abcdef"'), 412, undef, $ANY, 'archive another version');
is_empty($t->admin(DELETE => "/groups/$local", undef, 'If-Match' => $etag), 204, 'archive a local group');
is_admin(show($local), 200, shown('WRITERS', 'local', 2, archivedAt => $TIME), 'it is still there');
is_admin(show('writers'), 200, shown('WRITERS', 'local', 2, archivedAt => $TIME), 'by its name, too');
refused($t->admin($_->[0] => "/groups/$local$_->[1]", $_->[2]), 409, 'group', 'The group "WRITERS" is archived; restore it first.', "but for nothing: $_->[0] $_->[1]")
    for ['PATCH', '', { displayName => 'x' }], ['DELETE', '', undef], ['POST', '/members', { members => ['lee'] }];
my $writers = add(displayName => 'Writers');
refused($t->admin(POST => "/groups/$local/restore", {}), 409, 'group', 'Another group has the name "WRITERS" now; rename or archive it first.', 'restore it over another one');
my $named = 'The group "Writers" is not archived. To restore an archived one of the same name, give its id.';
refused($t->admin(POST => '/groups/writers/restore', {}), 409, 'group', $named, 'its name means the other one');
is_empty($t->admin(DELETE => "/groups/$writers"), 204, 'which goes');
is($t->request(DELETE => "/Users/$kim")->{status}, 204, 'a member goes');
is_admin($t->admin(POST => "/groups/$local/restore", {}), 200, shown('WRITERS', 'local', 1), 'restore it with those who are there');
is_json($t->stored_members($local), [$mia], 'they are its members');
refused($t->admin(POST => "/groups/$local/restore", {}), 409, 'group', 'The group "WRITERS" is not archived. To restore an archived one of the same name, give its id.', 'what is not archived');
is($t->request(DELETE => "/Groups/$team2")->{status}, 204, 'the identity provider deletes one of its own');
refused($t->admin(POST => "/groups/$team2/unlink", {}), 409, 'group', 'The group "Team" is archived; restore it first.', 'which cannot be unlinked');
is_admin($t->admin(POST => "/groups/$team2/restore", {}), 200, shown('Team', 'scim', 0), 'an administrator restores it');
is($t->request(GET => "/Groups/$team2")->{status}, 200, 'and it is on the wire again');

# --- groups of the application ---------------------------------------------------------------------------------------------------------------

my $profile = $t->admin(POST => '/groups', { displayName => 'Planner', kind => 'profile' });
is_admin($profile, 201, shown('Planner', 'application', 0, kind => 'profile'), 'a profile');
$profile = $profile->{json}{id};
my @line = (kind => 'project', project => 'Transmission line');
my $project = $t->admin(POST => '/groups', { @line, access => 'Read-only' });
is_admin($project, 201, shown('Transmission line (Read-only)', 'application', 0, @line, access => 'Read-only'), 'a level of access to a project');
$project = $project->{json}{id};
my $full = add(@line, access => 'Full access');
refused($t->admin(POST => '/groups', { @line, access => 'READ-ONLY' }), 409, 'access',
    'There is a group "Transmission line (Read-only)" already, of the application; choose another name.', 'the same level again');
refused($t->admin(POST => '/groups', { @line }), 400, 'access', 'access: is missing; give the level of access to the project.', 'a project without a level');
refused($t->admin(POST => '/groups', { @line, access => 'x', displayName => 'y' }), 400, 'displayName',
    'displayName: is made of project and access; leave it out.', 'a project with a name of its own');
is_json([sort @{ wire() }], ['Planner', 'Team', 'Transmission line (Full access)', 'Transmission line (Read-only)'], 'the identity provider sees them');
my $shape = sub { $t->group({ displayName => 'Transmission line (Read-only)', members => [], @_ }, $project) };
my $mine = sub { my ($id, $type, $name) = @_; return { value => $id, '$ref' => $t->url . "/${type}s/$id", type => $type, display => $name } };
is_reply($t->request(GET => "/Groups/$project"), 200, $shape->(), 'as a group like any other');
is_error($t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'planner' }), 409, 'uniqueness',
    $name_taken, 'whose name is taken');

# Permitted: changing members, in each of the ways of Okta and Entra ID, and storing other attributes of the group.
my $jo = $t->make(Users => userName => 'jo');
is_admin($t->admin(POST => "/groups/$project/members", { members => ['mia'] }), 200,
    shown('Transmission line (Read-only)', 'application', 1, @line, access => 'Read-only'), 'an administrator adds a local account');
is_empty($t->patch("/Groups/$project", [{ op => 'Add', path => 'members', value => [{ value => $lee }] }]), 204, 'Entra adds a member');
is_reply($t->request(GET => "/Groups/$project"), 200, $shape->(members => [$mine->($lee, 'User', 'Lee')]), 'the local one stays hidden');
is_empty($t->patch("/Groups/$project", [{ op => 'Replace', path => 'externalId', value => 'entra-7' }]), 204, 'Entra links it');
is_reply($t->request(PUT => "/Groups/$project", { schemas => [$GROUP], id => $project, externalId => 'okta-7',
    displayName => 'TRANSMISSION LINE (read-only)', members => [{ value => $jo, display => 'jo' }] }), 200,
    $shape->(externalId => 'okta-7', members => [$mine->($jo, 'User', 'jo')]), 'Okta puts it as a whole, and the name stays as it is written');
is_json($t->stored_members($project), [sort $mia, $jo], 'and the local member stays');
is_empty($t->patch("/Groups/$project", [{ op => 'replace', value => { id => $project, displayName => 'Transmission line (Read-only)' } }]), 204, 'Okta patches the same name');
is_empty($t->patch("/Groups/$project", [{ op => 'remove', path => qq(members[value eq "$jo"]) }, { op => 'add', path => 'members', value => [{ value => $lee }] }]), 204, 'Okta changes members');
is_json($t->stored_members($project), [sort $mia, $lee], 'as it says');
is_empty($t->patch("/Groups/$project", [{ op => 'Remove', path => 'members', value => [{ value => $lee }, { value => $mia }] }]), 204, 'Entra takes members out');
is_json($t->stored_members($project), [$mia], 'those that it sees');
is_error($t->patch("/Groups/$project", [{ op => 'add', path => 'members', value => [{ value => $mia }] }]), 400, 'invalidValue',
    qq(members: "$mia" is no User or Group of this tenant. Assign that user or group to the application in the identity provider first, so that it is created here before it is a member.), 'a hidden member is nobody');
is_empty($t->patch("/Groups/$project", [{ op => 'replace', path => 'members', value => [{ value => $jo }] }]), 204, 'replace members');
is_empty($t->patch("/Groups/$project", [{ op => 'remove', path => 'members[type eq "User"]' }]), 204, 'remove by a filter');
is_json($t->stored_members($project), [$mia], 'the local one is the administrator\'s');
is_empty($t->patch("/Groups/$project", [{ op => 'remove', path => 'members' }]), 204, 'remove all');
is_json($t->stored_members($project), [$mia], 'that it sees');

# Not permitted.
my $names = 'The group "Transmission line (Read-only)" belongs to the application; its members may be changed, but not its name.';
my $gone  = 'The group "Transmission line (Read-only)" belongs to the application; its members may be changed, but it may not be deleted.';
is_error($t->request(PUT => "/Groups/$project", { schemas => [$GROUP], displayName => 'Mine', members => [{ value => $jo }] }), 400, 'mutability', $names, 'PUT another name');
is_error($t->patch("/Groups/$project", [{ op => 'replace', path => 'displayName', value => 'Mine' }]), 400, 'mutability', $names, 'PATCH another name');
is_error($t->patch("/Groups/$project", [{ op => 'add', path => 'members', value => [{ value => $jo }] }, { op => 'replace', value => { displayName => 'Mine' } }]),
    400, 'mutability', $names, 'with members beside it');
is_error($t->request(DELETE => "/Groups/$project"), 403, undef, $gone, 'DELETE');
my $bulk = $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [
    { method => 'DELETE', path => "/Groups/$project" },
    { method => 'PUT', path => "/Groups/$project", data => { schemas => [$GROUP], displayName => 'Mine' } },
    { method => 'PATCH', path => "/Groups/$project", data => { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'displayName', value => 'Mine' }] } },
    { method => 'PATCH', path => "/Groups/$project", data => { schemas => [$PATCH], Operations => [{ op => 'add', path => 'members', value => [{ value => $jo }] }] } },
] });
is($bulk->{status}, 200, 'Bulk') or diag $bulk->{body};
is_json([map { [$_->{status}, $_->{response}{scimType}, $_->{response}{detail}] } @{ $bulk->{json}{Operations} }],
    [['403', undef, $gone], ['400', 'mutability', $names], ['400', 'mutability', $names], ['204', undef, undef]], 'Bulk answers each');
is_json($t->stored_members($project), [sort $mia, $jo], 'members are what was let');

# Administrators rename and archive them.
refused($t->admin(PATCH => "/groups/$project", { displayName => 'x' }), 400, 'displayName', 'displayName: is made of project and access; set those.', 'no name of its own');
refused($t->admin(PATCH => "/groups/$profile", { project => 'x' }), 400, 'project', 'project: only a group of the kind "project" has it; leave it out.', 'a profile has no project');
is_admin($t->admin(PATCH => "/groups/$profile", { displayName => 'Drafter' }), 200, shown('Drafter', 'application', 0, kind => 'profile'), 'rename a profile');
is_admin($t->admin(PATCH => "/groups/$project", { access => 'Viewer' }), 200,
    shown('Transmission line (Viewer)', 'application', 2, @line, access => 'Viewer', externalId => 'okta-7'), 'rename a level');
is_admin($t->admin(PATCH => "/groups/$project", { project => 'Line 7' }), 200,
    shown('Line 7 (Viewer)', 'application', 2, kind => 'project', project => 'Line 7', access => 'Viewer', externalId => 'okta-7'), 'rename a project');
is_admin(show($full), 200, shown('Line 7 (Full access)', 'application', 0, kind => 'project', project => 'Line 7', access => 'Full access'), 'in all its groups');
my $taken = add(displayName => 'Line 8 (Full access)');
refused($t->admin(PATCH => "/groups/$project", { project => 'Line 8' }), 409, 'project', 'There is a group "Line 8 (Full access)" already; choose another name.', 'a name that one of them cannot have');
is_json([sort @{ wire() }], ['Drafter', 'Line 7 (Full access)', 'Line 7 (Viewer)', 'Team'], 'leaves all of them as they are');
is_empty($t->admin(DELETE => "/groups/$project"), 204, 'archive one');
is_error($t->request(GET => "/Groups/$project"), 404, undef, $ANY, 'it is off the wire');
is_admin($t->admin(POST => "/groups/$project/restore", {}), 200,
    shown('Line 7 (Viewer)', 'application', 2, kind => 'project', project => 'Line 7', access => 'Viewer', externalId => 'okta-7'), 'restore it');

# A project's name is compared without case and accents.
my $names_of = sub { [map { $_->{displayName} } @{ $t->admin(GET => "/groups?q=$_[0]")->{json}{items} }] };
add(kind => 'project', project => 'Dam', access => 'Read-only');
is_admin($t->admin(POST => '/groups', { kind => 'project', project => 'DAM', access => 'Full' }), 201,
    shown('Dam (Full)', 'application', 0, kind => 'project', project => 'Dam', access => 'Full'), 'a level of a project in another case is of that one');
is($t->admin(PATCH => '/groups/dam%20(full)', { project => 'Weir' })->{status}, 200, 'rename it');
is_json($names_of->('weir'), ['Weir (Full)', 'Weir (Read-only)'], 'in all its groups');
is($t->admin(PATCH => '/groups/weir%20(full)', { project => 'WEIR' })->{status}, 200, 'in another case alone');
is_json($names_of->('weir'), ['WEIR (Full)', 'WEIR (Read-only)'], 'all of them');
add(kind => 'project', project => 'Lock', access => 'Part');
is($t->admin(PATCH => '/groups/lock%20(part)', { project => 'weir' })->{json}{project}, 'WEIR', 'renamed to one that is there it joins that');
is_empty($t->admin(DELETE => "/groups/WEIR%20($_)"), 204, 'archive it') for qw(Full Read-only Part);

# --- mappings stay ----------------------------------------------------------------------------------------------------------------------

is($t->admin(POST => '/subscriptions', { name => 'Web' })->{status}, 201, 'a subscription');
my $mapped = $t->admin(POST => '/mappings', { group => 'Drafter', subscription => 'Web' });
is($mapped->{status}, 201, 'a mapping') or diag $mapped->{body};
refused($t->admin(DELETE => "/groups/$profile"), 409, 'group', 'The group "Drafter" is in use: it is mapped to the subscription "Web". Change that first.', 'a group that is mapped');

# --- lists ------------------------------------------------------------------------------------------------------------------------------------

is_json(listed(''), ['Drafter', 'Line 7 (Full access)', 'Line 7 (Viewer)', 'Line 8 (Full access)', 'Old team', 'Team', 'WRITERS'], 'by name');
is_json(listed('sort=created'), ['WRITERS', 'Old team', 'Team', 'Drafter', 'Line 7 (Viewer)', 'Line 7 (Full access)', 'Line 8 (Full access)'], 'in the order of creation');
is_json(listed('source=local'), ['Line 8 (Full access)', 'Old team', 'WRITERS'], 'local ones');
is_json(listed('source=scim&sort=created'), ['Team'], 'the identity provider\'s');
is_json(listed('source=application&q=LINE'), ['Line 7 (Full access)', 'Line 7 (Viewer)'], 'looked for');
is_json(listed('archived=true'), ['Writers', 'WEIR (Read-only)', 'WEIR (Full)', 'WEIR (Part)'], 'archived ones');
is_admin($t->admin(GET => '/groups?q=old'), 200, items(row('Old team', 'local', externalId => 'x-1')), 'what is said of each');
for my $sort ('displayName', 'created') {
    for my $query ("sort=$sort", "sort=$sort&order=descending", "sort=$sort&order=descending&source=local", "sort=$sort&order=descending&archived=true") {
        my (@all, $after);
        do {
            my $res = $t->admin(GET => "/groups?limit=2&$query" . ($after ? "&after=$after" : ''));
            push @all, map { $_->{displayName} } @{ $res->{json}{items} };
            $after = $res->{json}{next};
        } while ($after && @all < 20);
        is_json(\@all, listed($query), "pages by $query");
    }
    is_json(listed("sort=$sort&order=descending"), [reverse @{ listed("sort=$sort") }], "the other way round by $sort");
}
is_json(listed('archived=true&order=descending'), ['WEIR (Part)', 'WEIR (Full)', 'WEIR (Read-only)', 'Writers'], 'archived ones, newest first');
refused($t->admin(GET => '/groups?order=down'), 400, 'order', $ANY, 'a direction that is none');
is_problem($t->admin(GET => '/groups?after=018f0000-0000-7000-8000-000000000000'), 400, $ANY, { after => $ANY }, 'a place that is gone');
refused($t->admin(GET => '/groups?sort=size'), 400, 'sort', $ANY, 'an order that is none');
is_problem($t->admin(GET => '/groups?after=x'), 400, $ANY, { after => 'is not a valid page token; use the `next` value of a previous page.' }, 'a place that is none');
is_admin($other->admin(GET => '/groups'), 200, items(), 'not for another tenant');

# --- the same by scimctl ---------------------------------------------------------------------------------------------------------------------

is_json(unjson(scimctl(qw(group add Crew --json --tenant), $own)), shown('Crew', 'local', 0), 'scimctl group add');
is_json(unjson(scimctl(qw(group add-members crew --members lee --members jo --json --tenant), $own)), shown('Crew', 'local', 2), 'add-members');
like(scimctl(qw(group members crew --tenant), $own), qr/^Id +Type +Name +Display name +Source +Added\n.* lee .*\n.* jo /, 'members');
is(scimctl(qw(group remove-member crew --member lee --tenant), $own), '', 'remove-member');
is_json(unjson(scimctl(qw(group add --kind project --project), 'Line 9', qw(--access Full --json --tenant), $own)),
    shown('Line 9 (Full)', 'application', 0, kind => 'project', project => 'Line 9', access => 'Full'), 'a project');
like(scimctl(qw(group show crew --tenant), $own), qr/^Members +1$/m, 'show');
is(scimctl(qw(group remove crew --tenant), $own), '', 'remove');
is_json(unjson(scimctl(qw(group restore crew --json --tenant), $own)), shown('Crew', 'local', 1), 'restore');
is((run_ok("$ENV{SCIM_TEST_WORK}/bin/scimctl", qw(group remove team --tenant), $own))[1], 1, 'refused');

# --- the audit log ------------------------------------------------------------------------------------------------------------------------------

is(sql("select string_agg(action, ' ' order by id) from scim.audit where tenant = '$own' and object_id = '$local' and actor_kind = 'admin'"),
    'create update update add-members remove-members delete restore', 'tells what was done');

done_testing;
