# Accounts for administrators: lists, local accounts, locked values, deleting and restoring, converting.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t     = ScimTest->new('admin-users');
my $other = ScimTest->new('admin-users-other');
my $own   = $t->tenant;

my @locked = qw(userName displayName givenName familyName email phone active);

# An account in a list, and in an answer of its own.
sub row {
    my ($name, %more) = @_;
    my $own = $more{roleDefault} // 1 ? undef : $more{role};
    return { roleSource => $own ? 'account' : 'default', roleGroup => undef, ownRole => $own, id => $ID, userName => $name, displayName => $name, email => undef, phone => undef, login => $name, active => true,
        state => 'active', source => 'local', role => 'user', roleDefault => true, flags => [], protected => undef, created => $TIME,
        lastModified => $TIME, deletedAt => undef, %more };
}
sub account {
    my ($name, %more) = @_;
    return { %{ row($name, map { exists $more{$_} ? ($_ => $more{$_}) : () } qw(role roleDefault)) }, givenName => undef, familyName => undef, name => {}, emails => [], phoneNumbers => [], externalId => undef,
        groups => [], links => [], locked => [], mergedInto => undef, %more };
}
sub stored {
    my ($id, $what) = @_;
    return sql("select $what from scim.resource r where tenant = '$own' and id = '$id'");
}
sub last_audit {
    my ($id) = @_;
    my $text = sql("select jsonb_build_array(actor_kind, actor, action, before, after) from scim.audit
        where tenant = '$own' and object_id = '$id' order by id desc limit 1");
    utf8::encode($text);
    return unjson($text);
}

# --- the tenant's rules ------------------------------------------------------------------------------------------------------

{
    my $strict = ScimTest->new('admin-users-strict');
    scimctl(qw(tenant set), $strict->tenant, qw(--user-name-email --derive-display-name));
    my $detail = sub { qq("$_[0]" is not an e-mail address, which this tenant requires.) };
    is_problem($strict->admin(POST => '/users', { userName => 'printer' }), 400, 'userName: ' . $detail->('printer'), { userName => $detail->('printer') },
        'userName must be an address: the field is named');
    my $derived = 'is made of the name in this tenant; set givenName and familyName.';
    is_problem($strict->admin(POST => '/users', { userName => 'p@x.example', displayName => 'P' }), 400, "displayName: $derived", { displayName => $derived },
        'displayName is derived: it is not taken and dropped');
    my $res = $strict->admin(POST => '/users', { userName => 'p@x.example', givenName => 'Pia', familyName => 'Po' });
    is_json([@{ $res->{json} }{qw(displayName locked)}], ['Pia Po', ['displayName']], 'and shown as locked');
    is_problem($strict->admin(PATCH => '/users/p@x.example', { displayName => 'P' }), 400, "displayName: $derived", { displayName => $derived }, 'nor changed');
    is($strict->admin(PATCH => '/users/p@x.example', { familyName => 'Poe' })->{json}{displayName}, 'Pia Poe', 'but by the name');
    is_problem($strict->admin(PATCH => '/users/p@x.example', { userName => 'plain' }), 400, 'userName: ' . $detail->('plain'), { userName => $detail->('plain') },
        'userName is changed to none');
    my $id = $strict->make(Users => userName => 'q@x.example', externalId => 'Ext-7', name => { givenName => 'Quin', familyName => 'Zetterlund' }, displayName => 'x');
    $strict->request(PUT => "/Users/$id", { schemas => [$USER], userName => 'q@x.example', externalId => 'Ext-7', name => { formatted => 'Mx Q', givenName => 'Quin', familyName => 'Zetterlund' } });
    is_json([map { $_->{id} } @{ $strict->admin(GET => "/users?q=$_->[0]")->{json}{items} }], [($id) x $_->[1]], "look for $_->[0]")
        for ['ZETTER', 1], ['quin', 1], ['Ext-7', 1], ['Ext', 0], ['ext-7', 0];
}

# --- adding a local account ---------------------------------------------------------------------------------------------------

is_problem($t->admin(POST => '/users', { userName => 'Ann', email => 'no address', phone => 7, colour => 'red' }), 400, $ANY,
    { colour => 'is unknown; the arguments are: userName, displayName, givenName, familyName, email, phone, active, role, flags.', phone => 'must be a text.' }, 'wrong fields');
is_problem($t->admin(POST => '/users', { userName => 'Ann', email => 'no address' }), 400, '"no address" is no e-mail address; write one such as name@example.com.',
    { email => '"no address" is no e-mail address; write one such as name@example.com.' }, 'a wrong address');
is_problem($t->admin(POST => '/users', { userName => 'Ann', role => 'nobody' }), 400, 'Role not found: nobody. The roles here are: administrator, office-admin, user, read-only, summary-only.',
    { role => 'Role not found: nobody. The roles here are: administrator, office-admin, user, read-only, summary-only.' }, 'an unknown role');
is_problem($t->admin(POST => '/users', { userName => 'Ann', flags => ['may-fly'] }), 400, $ANY,
    { flags => 'There is no flag "may-fly"; make it first, or correct the name.' }, 'an unknown flag');
is_problem($t->admin(POST => '/users', {}), 400, 'userName: is missing; give its userName, unique without case.', { userName => 'is missing; give its userName, unique without case.' }, 'no userName');

my $made = $t->admin(POST => '/users', { userName => 'Ann', givenName => 'Ann', familyName => 'Lee', email => 'Ann@x.example',
    phone => '+1 555 1', role => 'READ-only' });
my %ann = (displayName => 'Ann Lee', email => 'Ann@x.example', phone => '+1 555 1', role => 'read-only', roleDefault => false);
my %ann_whole = (%ann, givenName => 'Ann', familyName => 'Lee', name => { givenName => 'Ann', familyName => 'Lee' },
    emails => [{ value => 'Ann@x.example', primary => true }], phoneNumbers => [{ value => '+1 555 1', primary => true }]);
is_admin($made, 201, account('Ann', %ann_whole), 'make a local account');
my $ann = $made->{json}{id};
is($made->{headers}->header('Location'), "/admin/tenants/$own/users/$ann", 'its place');
is(stored($ann, "concat_ws(' ', source, wire, role, version, user_name_key)"), 'local f read-only 1 ann', 'as it is stored');
is_json(last_audit($ann), ['admin', 'admin', 'create', undef, { schemas => [$USER], userName => 'Ann', displayName => 'Ann Lee',
    active => true, name => { givenName => 'Ann', familyName => 'Lee' }, emails => [{ value => 'Ann@x.example', primary => true }],
    phoneNumbers => [{ value => '+1 555 1', primary => true }] }], 'the audit log has it');

is_admin($t->admin(GET => "/users/$ann"), 200, account('Ann', %ann_whole), 'show it by its id');
is_admin($t->admin(GET => '/users/ANN'), 200, account('Ann', %ann_whole), 'and by its userName, in whatever case');
is_problem($t->admin(GET => '/users/bob'), 404, 'There is no user "bob"; make it first, or correct the name.', { user => 'There is no user "bob"; make it first, or correct the name.' }, 'nobody');
is_problem($t->admin(GET => '/users/018f0000-0000-7000-8000-000000000000'), 404, $ANY, { user => $ANY }, 'no such id');
is_problem($other->admin(GET => "/users/$ann"), 404, $ANY, { user => $ANY }, 'not for another tenant');
is_problem($t->admin(POST => '/users', { userName => 'aNN' }), 409, 'There is a user "aNN" already; choose another userName.',
    { userName => $ANY }, 'a name that differs in case alone');

# The identity provider does not see it.
is_error($t->request(GET => "/Users/$ann"), 404, undef, $ANY, 'not on the wire');
is_reply($t->request(GET => '/Users'), 200, listing(0, 1), 'not listed');
is_reply($t->request(GET => '/Users?filter=userName%20eq%20%22ann%22'), 200, listing(0, 1), 'not found');
is_error($t->request($_->[0] => "/Users/$ann", $_->[1]), 404, undef, $ANY, "not to be changed by $_->[0]")
    for [PUT => { schemas => [$USER], userName => 'Ann' }], ['DELETE'],
    [PATCH => { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'active', value => false }] }];
is(stored($ann, 'version'), 1, 'nothing has changed');

# --- changing a local account ---------------------------------------------------------------------------------------------------

my $etag = $t->admin(GET => "/users/$ann")->{headers}->header('ETag');
is_problem($t->admin(PATCH => "/users/$ann", { active => false }, 'If-Match' => '"00000000000000000000000000000000"'), 412, $ANY, undef,
    'another version');
my $set = $t->admin(PATCH => "/users/$ann", { active => false, email => 'ann@y.example', phone => undef, givenName => 'Anna',
    displayName => undef, role => undef }, 'If-Match' => $etag);
my %anna = (displayName => 'Anna Lee', email => 'ann@y.example', active => false, state => 'inactive', givenName => 'Anna',
    familyName => 'Lee', name => { givenName => 'Anna', familyName => 'Lee' }, emails => [{ value => 'ann@y.example', primary => true }]);
is_admin($set, 200, account('Ann', %anna), 'change it');
is_problem($t->admin(PATCH => "/users/$ann", { active => true }, 'If-Match' => $etag), 412, $ANY, undef, 'the old version');
is_json(last_audit($ann), ['admin', 'admin', 'update',
    { active => true, displayName => 'Ann Lee', emails => [{ value => 'Ann@x.example', primary => true }],
        name => { givenName => 'Ann', familyName => 'Lee' }, phoneNumbers => [{ value => '+1 555 1', primary => true }], role => 'read-only' },
    { active => false, displayName => 'Anna Lee', emails => [{ value => 'ann@y.example', primary => true }],
        name => { givenName => 'Anna', familyName => 'Lee' } }], 'the audit log has before and after');
is(stored($ann, 'version'), 2, 'a new version');
is_admin($t->admin(PATCH => "/users/$ann", { active => false }), 200, account('Ann', %anna), 'the same again');
is(stored($ann, 'version'), 2, 'is no change');
is_admin($t->admin(PATCH => "/users/$ann", { userName => 'ANN', active => true }), 200,
    account('ANN', %anna, active => true, state => 'active'), 'its own name in another case');

# --- changing a provisioned account -----------------------------------------------------------------------------------------------

my $kim = $t->make(Users => userName => 'kim@x.example', externalId => 'k1', emails => [
    { value => 'home@x.example', type => 'home' }, { value => 'work@x.example', type => 'work', primary => true }],
    phoneNumbers => [{ value => '1', type => 'home' }, { value => '2', type => 'work' }], name => { familyName => 'Kim' });
my $group = $t->make(Groups => displayName => 'Staff', members => [{ value => $kim }]);
my %kim = (displayName => 'Kim', source => 'scim', email => 'work@x.example', phone => '1', familyName => 'Kim',
    name => { familyName => 'Kim' }, externalId => 'k1', locked => \@locked,
    emails => [{ value => 'home@x.example', type => 'home' }, { value => 'work@x.example', type => 'work', primary => true }],
    phoneNumbers => [{ value => '1', type => 'home' }, { value => '2', type => 'work' }],
    groups => [{ id => $group, displayName => 'Staff', source => 'scim' }]);
is_admin($t->admin(GET => "/users/$kim"), 200, account('kim@x.example', %kim), 'show a provisioned account');
my $managed = 'managed by provisioning; change it in your identity provider';
is_problem($t->admin(PATCH => "/users/$kim", { email => 'x@x.example', active => false, role => 'user' }), 403, $managed,
    { active => $managed, email => $managed }, 'what the identity provider manages');
is_problem($t->admin(PATCH => "/users/$kim", { $_ => $_ eq 'active' ? false : 'x' }), 403, $managed, { $_ => $managed }, "$_ is locked")
    for @locked;
is(stored($kim, 'version'), 1, 'nothing has changed');
is_admin($t->admin(PATCH => "/users/$kim", { role => 'Administrator' }), 200,
    account('kim@x.example', %kim, role => 'administrator', roleDefault => false), 'its role is not');
is_problem($t->admin(DELETE => "/users/$kim"), 403,
    'managed by provisioning; delete it in your identity provider, or convert it to a local account first', { user => $ANY },
    'nor does an administrator delete it');
scimctl(qw(tenant set), $own, qw(--login-attribute email));
is_json($t->admin(GET => "/users/$kim")->{json}{login}, 'work@x.example', 'the login is the e-mail address where the tenant says so');
scimctl(qw(tenant set), $own, qw(--login-attribute userName));
is_error($t->request(POST => '/Users', { schemas => [$USER], userName => 'Ann' }), 409, 'uniqueness', qr/^User already exists: /,
    'a local userName is taken');
is_error($t->request(PUT => "/Users/$kim", { schemas => [$USER], userName => 'ann' }), 409, 'uniqueness',
    'userName is already used by another User. Match that user instead of creating it again, or send another userName.', 'for PUT');
is_error($t->patch("/Users/$kim", [{ op => 'replace', path => 'userName', value => 'ann' }]), 409, 'uniqueness',
    'userName is already used by another User. Match that user instead of creating it again, or send another userName.', 'and for PATCH');
is_problem($t->admin(POST => '/users', { userName => 'KIM@x.example' }), 409, $ANY, { userName => $ANY }, 'as that of a provisioned one');

# --- lists --------------------------------------------------------------------------------------------------------------------------

my %small_kim = (displayName => 'Kim', source => 'scim', email => 'work@x.example', phone => '1', role => 'administrator', roleDefault => false);
my $small_ann = row('ANN', displayName => 'Anna Lee', email => 'ann@y.example');
my $small_kim = row('kim@x.example', %small_kim);
sub names { my $res = $t->admin(GET => "/users?$_[0]"); return join ' ', $res->{status}, map { $_->{userName} } @{ $res->{json}{items} } }
is_admin($t->admin(GET => '/users'), 200, items($small_ann, $small_kim), 'all accounts, by userName');
my $bob = $t->make(Users => userName => 'Bob', displayName => 'Robert', active => false);
is(names(''), '200 ANN Bob kim@x.example', 'in order');
is(names('sort=created'), '200 ANN kim@x.example Bob', 'by age');
is(names('order=descending'), '200 kim@x.example Bob ANN', 'the other way round');
is(names('sort=created&order=descending'), '200 Bob kim@x.example ANN', 'newest first');
is(names('order=ascending'), '200 ANN Bob kim@x.example', 'as it is anyway');
# In pages of one.
sub paged {
    my ($query) = @_;
    my (@seen, $after);
    do {
        my $page = $t->admin(GET => "/users?limit=1&$query" . ($after ? "&after=$after" : ''))->{json};
        push @seen, map { $_->{userName} } @{ $page->{items} };
        $after = $page->{next};
    } while ($after && @seen < 9);
    return "@seen";
}
for my $case (['userName', 'ANN Bob kim@x.example'], ['created', 'ANN kim@x.example Bob']) {
    my ($sort, $seen) = @$case;
    is(paged("sort=$sort"), $seen, "pages by $sort");
    is(paged("sort=$sort&order=descending"), join(' ', reverse split / /, $seen), "pages by $sort, descending");
}
is(paged('order=descending&source=scim'), 'kim@x.example Bob', 'of those that are asked for');
is(paged('order=descending&q=an'), 'ANN', 'of those that are looked for');
is(names("q=$_->[0]"), "200$_->[1]", "look for $_->[0]") for ['AN', ' ANN'], ['rob', ' Bob'], ['WORK@', ' kim@x.example'], ['nobody', ''],
    [$kim, ' kim@x.example'], ['k', ' kim@x.example'], ['%25', ''];
is(names($_->[0]), "200$_->[1]", "filter $_->[0]") for ['source=local', ' ANN'], ['source=scim', ' Bob kim@x.example'],
    ['state=inactive', ' Bob'], ['state=active', ' ANN kim@x.example'], ['state=deleted', ''], ['role=ADMINISTRATOR', ' kim@x.example'],
    ['role=user', ' ANN Bob'], ['protected=true', ''], ['protected=false&q=ann', ' ANN'], ['role=user&source=scim', ' Bob'];
is_problem($t->admin(GET => '/users?role=nobody'), 400, 'Role not found: nobody. The roles here are: administrator, office-admin, user, read-only, summary-only.', { role => $ANY }, 'an unknown role');
is_problem($t->admin(GET => '/users?flag=nobody'), 400, $ANY, { flag => 'There is no flag "nobody"; make it first, or correct the name.' }, 'an unknown flag');
is_problem($t->admin(GET => '/users?sort=colour'), 400, $ANY, { sort => $ANY }, 'an unknown order');
is_problem($t->admin(GET => '/users?order=down'), 400, $ANY, { order => 'must be one of: ascending|descending.' }, 'a direction that is none');
is_problem($t->admin(GET => '/users?after=x'), 400, $ANY, { after => 'is not a valid page token; use the `next` value of a previous page.' }, 'a place that is none');
is_problem($t->admin(GET => '/users?after=018f0000-0000-7000-8000-000000000000'), 400, $ANY, { after => $ANY }, 'a place that is gone');

# --- deleting, restoring, erasing -------------------------------------------------------------------------------------------------

$t->admin(PATCH => "/users/$ann", { role => 'read-only' });
is_problem($t->admin(DELETE => "/users/$ann", undef, 'If-Match' => $etag), 412, $ANY, undef, 'delete another version');
is_problem($t->admin(POST => "/users/$ann/$_", {}), 409, 'The user "ANN" is not deleted' . ($_ eq 'erase' ? '; only deleted users can be erased.'
        : '. To restore a deleted one of the same name, give its id.'),
    { user => $ANY }, "$_ what is there") for qw(restore erase);
is_empty($t->admin(DELETE => "/users/$ann"), 204, 'delete a local account');
my $gone = $t->admin(GET => "/users/$ann");
is_json([@{ $gone->{json} }{qw(state active userName)}], ['deleted', false, 'ANN'], 'it is shown as deleted');
like($gone->{json}{deletedAt}, $TIME, 'since when');
is_json(last_audit($ann), ['admin', 'admin', 'delete', { active => true }, { active => false }], 'the audit log has it');
is(names('state=deleted'), '200 ANN', 'it is listed where deleted ones are');
is(names('state=deleted&q=an'), '200 ANN', 'and found');
is(names(''), '200 Bob kim@x.example', 'and not among the others');
is_problem($t->admin(DELETE => "/users/$ann"), 409, qr/^The user "ANN" is deleted already; /, { user => $ANY }, 'delete it again');
is_problem($t->admin(PATCH => "/users/$ann", { role => 'user' }), 409, 'The user "ANN" is deleted; restore it first.', { user => $ANY },
    'change it');
is_admin($t->admin(POST => '/users', { userName => 'ann' }), 201, account('ann'), 'its name is free');
is_problem($t->admin(POST => "/users/$ann/restore", {}), 409, 'Another user has the userName "ANN" now; rename or remove it first.',
    { userName => $ANY }, 'so it cannot be restored');
is_json([map { $_->{id} } @{ $t->admin(GET => '/users?q=ann')->{json}{items} }], [$ID], 'q finds the one that is there');
my $second = $t->admin(GET => '/users/ann')->{json}{id};
isnt($second, $ann, 'as its userName does');
is_empty($t->admin(DELETE => "/users/$second"), 204, 'the second one goes');
is_admin($t->admin(POST => "/users/$ann/restore", {}), 200,
    account('ANN', %anna, active => true, state => 'active', role => 'read-only', roleDefault => false), 'the first one is restored, active as it was');
is(last_audit($ann)->[2], 'restore', 'the audit log has it');
is_empty($t->admin(POST => "/users/$second/erase", {}), 204, 'the other one is erased');
is(sql("select count(*) from scim.resource where tenant = '$own' and id = '$second'"), 0, 'nothing is left of it');
is(sql("select concat_ws(' ', action, object_name, before, after) from scim.audit where tenant = '$own' and object_id = '$second' order by id desc limit 1"),
    'erase', 'but the fact');

# A provisioned account that the identity provider has deleted.
is_empty($t->request(DELETE => "/Users/$bob"), 204, 'SCIM DELETE');
is_error($t->request(GET => "/Users/$bob"), 404, undef, $ANY, 'it is gone');
is_admin($t->admin(POST => "/users/$bob/restore", {}), 200,
    account('Bob', displayName => 'Robert', source => 'scim', locked => \@locked, active => false, state => 'inactive'), 'restored, inactive as it was');
is_reply($t->request(GET => "/Users/$bob"), 200, $t->user({ userName => 'Bob', displayName => 'Robert', active => false }, $bob, 3),
    'it is on the wire again');

# A tenant that erases deleted accounts.
scimctl(qw(tenant set), $own, qw(--deletion erase));
my $staff = $t->make(Groups => displayName => 'Erased', members => [{ value => $bob }]);
is_error($t->request(DELETE => "/Users/$bob", undef, 'If-Match' => 'W/"99"'), 412, undef, $ANY, 'erase another version');
is_empty($t->request(DELETE => "/Users/$bob"), 204, 'SCIM DELETE');
is(sql("select count(*) from scim.$_ where tenant = '$own' and " . { resource => 'id', membership => 'member_id', lookup => 'resource_id' }->{$_} . " = '$bob'"),
    0, "nothing is left in $_") for qw(resource membership lookup);
is_json([sql("select version from scim.resource where tenant = '$own' and id = '$staff'")], ['2'], 'the group has a new version');
is(sql("select string_agg(concat_ws(' ', actor_kind, action, object_name, before, after), ',') from scim.audit
    where tenant = '$own' and object_id = '$bob' and action = 'erase'"), 'token erase', 'the audit log has the fact alone');
is_error($t->request(DELETE => "/Users/$bob"), 404, undef, $ANY, 'DELETE again');
is_reply($t->request(GET => '/Users?count=0'), 200, listing(1, 1), 'the total is right');
is_empty($t->request(DELETE => "/Groups/$staff"), 204, 'a group is archived all the same');
is(stored($staff, 'deleted_at is not null'), 't', 'and kept');
my $brief = $t->admin(POST => '/users', { userName => 'brief' })->{json}{id};
is_empty($t->admin(DELETE => "/users/$brief"), 204, 'an administrator deletes');
is(stored($brief, 'count(*)'), 0, 'which erases, too');
$brief = $t->admin(POST => '/users', { userName => 'brief' })->{json}{id};
$t->admin(POST => '/groups', { displayName => 'Short' });
$t->admin(POST => '/groups/short/members', { members => [$brief] });
$t->admin(POST => '/subscriptions', { name => 'Web' });
is($t->admin(POST => '/grants', { user => 'brief', subscription => 'Web' })->{status}, 201, 'grant something');
$t->admin(POST => '/links', { user => 'brief', issuer => 'https://idp.example', subject => 'b' });
is_empty($t->admin(DELETE => '/users/brief'), 204, 'who had more than its row');
is(sql("select count(*) from scim.$_->[0] where tenant = '$own' and $_->[1] = '$brief'"), 0, "nothing is left in $_->[0]")
    for [lookup => 'resource_id'], [membership => 'member_id'], [access_grant => 'user_id'], [link => 'user_id'];
like(sql("select string_agg(concat_ws(' ', action, object_type, object_name, before), ', ' order by id) from scim.audit where tenant = '$own'
    and id >= (select max(id) from scim.audit where tenant = '$own' and action = 'erase')"),
    qr/^erase User, withdraw User \{"id": "[0-9a-f-]{36}", "joined": "[^"]+", "source": "manual", "granted": "[^"]+", "grantedBy": "admin", "subscription": "Web"\}, remove-members Group Short \{"members": \["$brief"\]\}$/,
    'the audit log has what went with it, and no name');
scimctl(qw(tenant set), $own, qw(--deletion keep));

# --- converting ---------------------------------------------------------------------------------------------------------------------

is_problem($t->admin(POST => "/users/$ann/convert", {}), 409, 'The user "ANN" is local already; there is nothing to convert.', { user => $ANY }, 'convert a local one');
my %was = (%kim, role => 'administrator', roleDefault => false);
is_admin($t->admin(POST => "/users/$kim/convert", {}), 200, account('kim@x.example', %was, source => 'local', locked => []), 'convert');
is_json(last_audit($kim), ['admin', 'admin', 'unlink', { source => 'scim' }, { source => 'local' }], 'the audit log has it');
is_error($t->request(GET => "/Users/$kim"), 404, undef, $ANY, 'it is off the wire');
is_reply($t->request(GET => '/Users?count=0'), 200, listing(0, 1), 'and not counted');
is_admin($t->admin(PATCH => "/users/$kim", { email => 'new@x.example' }), 200, account('kim@x.example', %was, source => 'local', locked => [],
    email => 'new@x.example', emails => [{ value => 'home@x.example', type => 'home' },
        { value => 'new@x.example', type => 'work', primary => true }]), 'its e-mail address can be changed, and its kind stays');

# --- clients cannot remove members that they do not see ---------------------------------------------------------------------------

my $lea = $t->make(Users => userName => 'lea');
my $seen = sub { [map { $_->{value} } @{ $t->request(GET => "/Groups/$group")->{json}{members} // [] }] };
is_json($seen->(), [], 'a member that was converted is not shown');
is_json($t->stored_members($group), [$kim], 'and stays one');
is($t->request(PUT => "/Groups/$group", { schemas => [$GROUP], displayName => 'Staff', members => [{ value => $lea }] })->{status}, 200, 'PUT the group');
is_json($t->stored_members($group), [sort $kim, $lea], 'keeps it');
is_json($seen->(), [$lea], 'and shows the other one alone');
for my $op ({ op => 'replace', path => 'members', value => [] }, { op => 'remove', path => 'members' },
    { op => 'remove', path => qq(members[value eq "$kim"]) }, { op => 'remove', path => 'members', value => [{ value => $kim }] },
    { op => 'remove', path => 'members[type eq "User"]' }) {
    my $name = $op->{op} . ' ' . ($op->{path} // '');
    ok($t->patch("/Groups/$group", [{ op => 'add', path => 'members', value => [{ value => $lea }] }])->{status} =~ /^20/, "add one, before $name");
    is($t->patch("/Groups/$group", [$op])->{status}, 204, $name);
    ok((grep { $_ eq $kim } @{ $t->stored_members($group) }), "$name keeps it");
    is_json($seen->(), $name =~ /replace|members$|type/ && !$op->{value}[0] ? [] : [$lea], "$name: what is shown");
}
is_reply($t->request(GET => "/Groups?filter=members.value%20eq%20%22$kim%22"), 200, listing(0, 1), 'nor is the group found by it');
is_error($t->patch("/Groups/$group", [{ op => 'add', path => 'members', value => [{ value => $ann }] }]), 400, 'invalidValue',
    qq(members: "$ann" is no User or Group of this tenant. Assign that user or group to the application in the identity provider first, so that it is created here before it is a member.), 'a local account cannot be added');

# --- the same by scimctl ------------------------------------------------------------------------------------------------------------

is_json(unjson(scimctl(qw(user add Zoe --email zoe@x.example --json --tenant), $own)),
    account('Zoe', email => 'zoe@x.example', emails => [{ value => 'zoe@x.example', primary => true }]), 'scimctl user add');
is_json([map { $_->{userName} } @{ unjson(scimctl(qw(user list --order descending --json --tenant), $own)) }],
    [reverse map { $_->{userName} } @{ unjson(scimctl(qw(user list --json --tenant), $own)) }], 'scimctl user list --order');
is_json(unjson(scimctl(qw(user list --q zo --json --tenant), $own)), [row('Zoe', email => 'zoe@x.example')], 'scimctl user list');
like(scimctl(qw(user show zoe --tenant), $own), qr/^User name +Zoe$/m, 'scimctl user show');
is_json(unjson(scimctl(qw(user set zoe --no-active --json --tenant), $own))->{state}, 'inactive', 'scimctl user set')
    if 0;
is(scimctl(qw(user remove zoe --tenant), $own), '', 'scimctl user remove');
is(scimctl(qw(user erase zoe --tenant), $own), '', 'scimctl user erase');
is((run_ok("$ENV{SCIM_TEST_WORK}/bin/scimctl", qw(user show zoe --tenant), $own))[1], 1, 'it is gone');

# A restored account does not get back roles and flags that were removed.
my %use = (role => 'temp', flag => 'short');
$t->admin(POST => '/roles', { role => 'Temp' });
$t->admin(POST => '/flags', { flag => $_ }) for qw(short stays);
$t->admin(POST => '/users', { userName => 'gone', role => 'Temp', flags => ['short', 'stays'] });
is_problem($t->admin(DELETE => "/${_}s/$use{$_}"), 409, $ANY, { $_ => $ANY }, "a $_ in use") for sort keys %use;
is_empty($t->admin(DELETE => "/$_"), 204, "remove $_") for 'users/gone', 'roles/temp', 'flags/short';
is_json([@{ $t->admin(POST => '/users/gone/restore', {})->{json} }{qw(role roleDefault flags)}], ['user', true, ['stays']], 'and restore the user');

done_testing;
