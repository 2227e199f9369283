# The main contact and break-glass accounts: no request of provisioning changes them or their groups.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t   = ScimTest->new('protected');
my $own = $t->tenant;
my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

sub stored { my ($id) = @_; return sql("select concat_ws(' ', source, wire, version, doc, deleted_at, role, protected) from scim.resource
    where tenant = '$own' and id = '$id'") }
sub protect { return $t->admin(POST => "/users/$_[0]/protect", { kind => $_[1] }) }
sub bulk {
    return $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [map { { method => $_->[0], path => $_->[1],
        ($_->[0] eq 'POST' ? (bulkId => $_->[1]) : ()), ($_->[2] ? (data => $_->[2]) : ()) } } @_] })->{json}{Operations};
}

my $ann  = $t->make(Users => userName => 'Ann', externalId => 'a1');
my $ben  = $t->make(Users => userName => 'ben');
my $cat  = $t->make(Users => userName => 'cat');
my $staff = $t->make(Groups => displayName => 'Staff', members => [map { { value => $_ } } $ann, $ben, $cat]);

# --- protecting ----------------------------------------------------------------------------------------------------------------------

is_problem(protect($ann, 'friend'), 400, $ANY, { kind => 'must be one of: main-contact|break-glass.' }, 'a kind that is none');
is_problem($t->admin(POST => '/users/nobody/protect', { kind => 'break-glass' }), 404, $ANY, { user => 'There is no user "nobody"; make it first, or correct the name.' }, 'nobody');
my $shown = $t->admin(GET => "/users/$ann");
is_problem($t->admin(POST => "/users/$ann/protect", { kind => 'main-contact' }, 'If-Match' => '"00000000000000000000000000000000"'), 412, $ANY, undef, 'another version');
my $res = $t->admin(POST => "/users/$ann/protect", { kind => 'main-contact' }, 'If-Match' => $shown->{headers}->header('ETag'));
is_admin($res, 200, { %{ $shown->{json} }, protected => 'main-contact' }, 'the main contact');
is_problem(protect($ben, 'main-contact'), 409, 'The main contact is "Ann"; unprotect that account first.', { kind => $ANY }, 'there is one');
is(protect($ann, 'main-contact')->{status}, 200, 'the same again');
is(protect($ben, 'break-glass')->{json}{protected}, 'break-glass', 'a break-glass account');
is_json(unjson(sql("select jsonb_agg(jsonb_build_array(actor, object_name, before, after) order by id) from scim.audit
    where tenant = '$own' and after ? 'protected'")),
    [['admin', 'Ann', undef, { protected => 'main-contact' }], ['admin', 'ben', undef, { protected => 'break-glass' }]], 'the audit log has both');
is_json([map { $_->{userName} } @{ $t->admin(GET => '/users?protected=true')->{json}{items} }], [qw(Ann ben)], 'they can be listed');

# --- every kind of request -------------------------------------------------------------------------------------------------------------

my %detail = ($ann => 'The user "Ann" is the main contact. Provisioning may not change it; an administrator can.',
    $ben => 'The user "ben" is a break-glass account. Provisioning may not change it; an administrator can.');
my $taken = 'members: the user "Ann" is protected. Provisioning may not take it out of a group; an administrator can.';
my %before = map { $_ => stored($_) } $ann, $ben, $staff;
my $members = $t->stored_members($staff);
sub unchanged {
    my ($name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is_json({ map { $_ => stored($_) } keys %before }, \%before, "$name: nothing has changed");
    is_json($t->stored_members($staff), $members, "$name: the members are the same");
}

for my $id ($ann, $ben) {
    my $name = $id eq $ann ? 'Ann' : 'ben';
    is_error($t->request(PUT => "/Users/$id", { schemas => [$USER], userName => $name, title => 'x' }), 403, undef, $detail{$id}, "$name: PUT");
    for my $op ({ op => 'replace', path => 'active', value => false }, { op => 'add', path => 'title', value => 'x' },
        { op => 'replace', value => { active => false } }, { op => 'add', path => 'roles', value => [{ value => 'read-only' }] }) {
        is_error($t->patch("/Users/$id", [$op]), 403, undef, $detail{$id}, "$name: PATCH");
    }
    is_error($t->request(DELETE => "/Users/$id"), 403, undef, $detail{$id}, "$name: DELETE");
    scimctl(qw(tenant set), $own, qw(--deletion erase));
    is_error($t->request(DELETE => "/Users/$id"), 403, undef, $detail{$id}, "$name: DELETE that erases");
    scimctl(qw(tenant set), $own, qw(--deletion keep));
    my $answers = bulk([POST => '/Users', { schemas => [$USER], userName => "made-beside-$name" }], [DELETE => "/Users/$id"],
        [PUT => "/Users/$id", { schemas => [$USER], userName => $name, title => 'x' }],
        [PATCH => "/Users/$id", { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'active', value => false }] }]);
    is_json([map { $_->{status} } @$answers], [qw(201 403 403 403)], "$name: Bulk");
    is_json([map { $_->{response}{detail} } @$answers[1 .. 3]], [($detail{$id}) x 3], "$name: Bulk says why");
    unchanged($name);
}
is($t->patch("/Users/$ann", [{ op => 'replace', path => 'active', value => true }])->{status}, 200, 'what changes nothing is no change');
is_error($t->request(POST => '/Users', { schemas => [$USER], userName => 'ANN', externalId => 'a1' }), 409, 'uniqueness',
    'userName is already used by another User. Match that user instead of creating it again, or send another userName.', 'POST it again');
unchanged('POST');

# --- groups ----------------------------------------------------------------------------------------------------------------------------

for my $op ({ op => 'remove', path => qq(members[value eq "$ann"]) }, { op => 'remove', path => 'members' },
    { op => 'remove', path => 'members', value => [{ value => $ann }, { value => $cat }] }, { op => 'replace', path => 'members', value => [{ value => $cat }] },
    { op => 'replace', value => { displayName => 'Other', members => [] } }) {
    is_error($t->patch("/Groups/$staff", [$op]), 403, undef, $taken, "$op->{op} " . ($op->{path} // ''));
    unchanged("$op->{op} " . ($op->{path} // ''));
}
is_error($t->request(PUT => "/Groups/$staff", { schemas => [$GROUP], displayName => 'Other', members => [{ value => $cat }] }), 403, undef, $taken, 'PUT');
unchanged('PUT');
my $answers = bulk([PATCH => "/Groups/$staff", { schemas => [$PATCH], Operations => [{ op => 'remove', path => 'members' }] }],
    [POST => '/Users', { schemas => [$USER], userName => 'dan' }]);
is_json([map { $_->{status} } @$answers], [qw(403 201)], 'Bulk');
is($answers->[0]{response}{detail}, $taken, 'Bulk says why');
unchanged('Bulk');
is($t->patch("/Groups/$staff", [{ op => 'remove', path => qq(members[value eq "$cat"]) }])->{status}, 204, 'others can be removed');
is_json($t->stored_members($staff), [sort $ann, $ben], 'the protected ones stay');
is($t->request(PUT => "/Groups/$staff", { schemas => [$GROUP], displayName => 'Crew', members => [map { { value => $_ } } $ann, $ben] })->{status}, 200,
    'the group can be renamed');

# A group with a protected member cannot be deleted, and a group that contains a protected user indirectly cannot be
# removed from another one.
my $inner = $t->make(Groups => displayName => 'Inner', members => [{ value => $ann }]);
my $outer = $t->make(Groups => displayName => 'Outer', members => [{ value => $inner }, { value => $cat }]);
$before{$_} = stored($_) for $inner, $outer, $staff, $ann, $ben;
$members = $t->stored_members($staff);
my $nested = $t->stored_members($outer);
my %goes = map { $_->[0] => qq(The user "Ann", who is in the group "$_->[1]", is protected. Provisioning may not delete the group; an administrator can unlink it.) }
    [$staff, 'Crew'], [$inner, 'Inner'], [$outer, 'Outer'];
my $taken_with = 'members: the user "Ann", who is in a group in this one, is protected. Provisioning may not take it out of a group; an administrator can.';
is_error($t->request(DELETE => "/Groups/$_"), 403, undef, $goes{$_}, 'DELETE of a group') for $staff, $inner, $outer;
is_json([map { $_->{response}{detail} } @{ bulk([DELETE => "/Groups/$inner"],
    [PATCH => "/Groups/$outer", { schemas => [$PATCH], Operations => [{ op => 'remove', path => 'members' }] }]) }], [$goes{$inner}, $taken_with], 'Bulk');
for my $op ({ op => 'remove', path => qq(members[value eq "$inner"]) }, { op => 'remove', path => 'members' },
    { op => 'replace', path => 'members', value => [{ value => $cat }] }) {
    is_error($t->patch("/Groups/$outer", [$op]), 403, undef, $taken_with, "a group in a group: $op->{op} $op->{path}");
}
is_error($t->request(PUT => "/Groups/$outer", { schemas => [$GROUP], displayName => 'Outer' }), 403, undef, $taken_with, 'a group in a group: PUT');
unchanged('groups in groups');
is_json($t->stored_members($outer), $nested, 'groups in groups: the members are the same');
is($t->patch("/Groups/$outer", [{ op => 'remove', path => qq(members[value eq "$cat"]) }])->{status}, 204, 'others can be removed from it');
my $without = $t->make(Groups => displayName => 'Without', members => [{ value => $cat }]);
my $beyond  = $t->make(Groups => displayName => 'Beyond', members => [{ value => $without }]);
is($t->patch("/Groups/$beyond", [{ op => 'remove', path => 'members' }])->{status}, 204, 'a group without a protected user can be taken out');
is_empty($t->request(DELETE => "/Groups/$without"), 204, 'and deleted');

# --- administrators --------------------------------------------------------------------------------------------------------------------

is_problem($t->admin(DELETE => "/users/$ann"), 403, $ANY, { user => $ANY }, 'a provisioned one is not deleted here either');
is($t->admin(POST => "/users/$ann/convert", {})->{json}{protected}, 'main-contact', 'it can be converted');
is_problem($t->admin(DELETE => "/users/$ann"), 409, 'The user "Ann" is the main contact; unprotect it first.', { user => $ANY }, 'and not deleted');
is_problem($t->admin(POST => "/users/$ben/merge", { into => $cat, confirm => 'ben' }), 409, 'The user "ben" is a break-glass account; unprotect it first.',
    { user => $ANY }, 'nor merged into another one');
is($t->admin(PATCH => "/users/$ann", { displayName => 'Ann Lee' })->{json}{displayName}, 'Ann Lee', 'an administrator changes it');
is_problem($t->admin(POST => "/users/$cat/unprotect", {}), 409, 'The user "cat" is not protected; no change is needed.', { user => $ANY }, 'unprotect what is not');
is($t->admin(POST => "/users/$ben/unprotect", {})->{json}{protected}, undef, 'unprotect');
is_empty($t->request(DELETE => "/Users/$ben"), 204, 'which provisioning may delete from then on');
is_problem(protect($ben, 'break-glass'), 409, 'The user "ben" is deleted; restore it first.', { user => $ANY }, 'a deleted one is not protected');

# A protected account that was deleted nevertheless, for example by an operator in SQL, is not restored by provisioning.
my $eve = $t->make(Users => userName => 'eve', externalId => 'e1');
is_empty($t->request(DELETE => "/Users/$eve"), 204, 'delete one');
sql("update scim.resource set protected = 'break-glass' where tenant = '$own' and id = '$eve'");
is_error($t->request(POST => '/Users', { schemas => [$USER], userName => 'eve', externalId => 'e1' }), 403, undef,
    'The user "eve" is a break-glass account. Provisioning may not change it; an administrator can.', 'POST does not restore it');
is(sql("select deleted_at is not null from scim.resource where tenant = '$own' and id = '$eve'"), 't', 'it stays deleted');
is_problem($t->admin(POST => "/users/$eve/erase", {}), 409, 'The user "eve" is a break-glass account; unprotect it first.', { user => $ANY }, 'nor is it erased');

is_json(unjson(scimctl(qw(user protect cat --kind break-glass --json --tenant), $own))->{protected}, 'break-glass', 'scimctl user protect');
is_json(unjson(scimctl(qw(user unprotect cat --json --tenant), $own))->{protected}, undef, 'scimctl user unprotect');

done_testing;
