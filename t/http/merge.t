# Flags, links to identity providers, accounts that may belong to one person, and merging two accounts.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t     = ScimTest->new('merge');
my $other = ScimTest->new('merge-other');
my $own   = $t->tenant;

sub local_account { my $res = $t->admin(POST => '/users', { @_ }); die $res->{body} unless $res->{status} == 201; return $res->{json}{id} }
sub audit {
    my ($id, $n) = @_;
    my $text = sql("select jsonb_agg(jsonb_build_array(x.action, x.object_name, x.before, x.after) order by x.id) from (select * from scim.audit
        where tenant = '$own' and object_id = '$id' order by id desc limit $n) x");
    utf8::encode($text);
    return unjson($text);
}

# --- flags -----------------------------------------------------------------------------------------------------------------------------

sub flag { my ($flag, $description) = @_; return { flag => $flag, description => $description, created => $TIME } }
sub counted { my ($users, @flag) = @_; return { %{ flag(@flag) }, users => $users } }
is_admin($t->admin(POST => '/flags', { flag => 'May use AI', description => 'signed the terms' }), 201, flag('May use AI', 'signed the terms'), 'make a flag');
is_admin($t->admin(POST => '/flags', { flag => 'admin-of' }), 201, flag('admin-of', undef), 'and another one');
is_problem($t->admin(POST => '/flags', { flag => 'MAY USE ai' }), 409, 'There is a flag "MAY USE ai" already; choose another name, or change that one.', { flag => $ANY }, 'the same in another case');
is_problem($t->admin(POST => '/flags', {}), 400, 'flag: is missing; give its name; permanent, and unique without case.', { flag => 'is missing; give its name; permanent, and unique without case.' }, 'no name');
is_admin($t->admin(GET => '/flags'), 200, items(counted(0, 'admin-of', undef), counted(0, 'May use AI', 'signed the terms')), 'list them');
is_admin($t->admin(GET => '/flags?q=TERMS'), 200, items(counted(0, 'May use AI', 'signed the terms')), 'look for one');
my $page = $t->admin(GET => '/flags?limit=1');
is_admin($page, 200, { items => [counted(0, 'admin-of', undef)], next => 'admin-of' }, 'a page');
is_admin($t->admin(GET => '/flags?limit=1&after=admin-of'), 200, items(counted(0, 'May use AI', 'signed the terms')), 'the next one');
is_admin($other->admin(GET => '/flags'), 200, items(), 'not for another tenant');
my $etag = $t->admin(GET => '/flags/may%20use%20ai')->{headers}->header('ETag');
is_admin($t->admin(PATCH => '/flags/may%20use%20ai', { description => undef }, 'If-Match' => $etag), 200, flag('May use AI', undef), 'describe one');
is_problem($t->admin(PATCH => '/flags/may%20use%20ai', { description => 'x' }, 'If-Match' => $etag), 412, $ANY, undef, 'not another version');
is_problem($t->admin(PATCH => '/flags/nothing', { description => 'x' }), 404, 'There is no flag "nothing"; make it first, or correct the name. The flags here are: admin-of, May use AI.', { flag => $ANY }, 'no such flag');
is_json(audit('May use AI', 2), [['create', 'May use AI', undef, flag('May use AI', 'signed the terms')],
    ['update', 'May use AI', { description => 'signed the terms' }, { description => undef }]], 'the audit log has it');

my $ann = $t->make(Users => userName => 'ann@x.example', emails => [{ value => 'ann@x.example' }], externalId => 'a1');
is_json($t->admin(PATCH => "/users/$ann", { flags => ['MAY USE AI', 'admin-of', 'may use ai'] })->{json}{flags}, ['admin-of', 'May use AI'],
    'an account gets flags, each once');
is_problem($t->admin(PATCH => "/users/$ann", { flags => ['admin-of', 'nothing'] }), 400, $ANY,
    { flags => 'There is no flag "nothing"; make it first, or correct the name. The flags here are: admin-of, May use AI.' }, 'no such flag');
is_json([map { $_->{userName} } @{ $t->admin(GET => '/users?flag=MAY%20USE%20AI')->{json}{items} }], ['ann@x.example'], 'who has it');
is_problem($t->admin(DELETE => '/flags/admin-of'), 409, 'The flag "admin-of" is in use; take it from the accounts that have it first.', { flag => $ANY },
    'a flag in use stays');
is($t->request(PUT => "/Users/$ann", { schemas => [$USER], userName => 'ann@x.example', externalId => 'a1', title => 'x', emails => [{ value => 'ann@x.example' }] })->{status}, 200,
    'the identity provider changes the account');
is(sql("select flags from scim.resource where tenant = '$own' and id = '$ann'"), '{admin-of,"May use AI"}', 'and not its flags');
is_json($t->admin(PATCH => "/users/$ann", { flags => ['May use AI'] })->{json}{flags}, ['May use AI'], 'take one away');
is_empty($t->admin(DELETE => '/flags/admin-of'), 204, 'which can be removed then');
is_json($t->admin(PATCH => "/users/$ann", { flags => [] })->{json}{flags}, [], 'take all away');
is(sql("select flags is null from scim.resource where tenant = '$own' and id = '$ann'"), 't', 'nothing is stored then');

# --- links -----------------------------------------------------------------------------------------------------------------------------

my $issuer = 'https://idp.example/';
my $bob = local_account(userName => 'bob', email => 'bob@x.example');
sub link_of { my ($user, $name, $subject) = @_; return { id => $ID, userId => $user, userName => $name, issuer => $issuer, subject => $subject, linked => $TIME } }
my $made = $t->admin(POST => '/links', { user => 'BOB', issuer => $issuer, subject => 'S1' });
is_admin($made, 201, link_of($bob, 'bob', 'S1'), 'record a login');
my $link = $made->{json}{id};
is($made->{headers}->header('Location'), "/admin/tenants/$own/links/$link", 'its place');
is_json($t->admin(POST => '/links', { user => $bob, issuer => $issuer, subject => 'S1' })->{json}{id}, $link, 'the same login again is the same link');
is_problem($t->admin(POST => '/links', { user => $ann, issuer => $issuer, subject => 'S1' }), 409,
    'This link belongs to another user, "bob"; remove it there first.', { subject => $ANY }, 'of another account');
is($t->admin(POST => '/links', { user => $ann, issuer => $issuer, subject => 's1' })->{status}, 201, 'a subject in another case is another one');
is_problem($t->admin(POST => '/links', { user => 'nobody', issuer => $issuer, subject => 'x' }), 404, $ANY, { user => 'There is no user "nobody"; make it first, or correct the name.' }, 'nobody');
is_problem($t->admin(POST => '/links', { user => $bob }), 400, $ANY, { issuer => 'is missing; give the issuer in the assertions of the identity provider.', subject => 'is missing; give the subject of the user in the assertions of the identity provider.' }, 'half of it');
is_admin($t->admin(GET => '/links?user=bob'), 200, items(link_of($bob, 'bob', 'S1')), 'those of an account');
is_admin($t->admin(GET => '/links'), 200, items(link_of($bob, 'bob', 'S1'), link_of($ann, 'ann@x.example', 's1')), 'all of them');
$page = $t->admin(GET => '/links?limit=1')->{json};
is_admin($t->admin(GET => "/links?limit=1&after=$page->{next}"), 200, items(link_of($ann, 'ann@x.example', 's1')), 'by pages');
is_problem($t->admin(GET => '/links?user=nobody'), 404, $ANY, { user => $ANY }, 'those of nobody');
is_admin($other->admin(GET => '/links'), 200, items(), 'not for another tenant');
is_json($t->admin(GET => "/users/$bob")->{json}{links}, [{ id => $link, issuer => $issuer, subject => 'S1', linked => $TIME }], 'the account shows them');
is_json(audit($bob, 1), [['add-link', 'bob', undef, { issuer => $issuer, subject => 'S1' }]], 'the audit log has it');
is_problem($other->admin(DELETE => "/links/$link"), 404, $ANY, { link => $ANY }, 'another tenant does not clear it');
is_problem($t->admin(DELETE => '/links/none'), 404, 'There is no link "none"; the list of links shows their ids.', { link => $ANY }, 'no such link');
is_empty($t->admin(DELETE => "/links/$link"), 204, 'clear it');
is_json(audit($bob, 1), [['remove-link', 'bob', { issuer => $issuer, subject => 'S1' }, undef]], 'the audit log has it');
is_json($t->admin(GET => "/users/$bob")->{json}{links}, [], 'it is gone');

# --- duplicates ------------------------------------------------------------------------------------------------------------------------

my $anna = local_account(userName => 'anna', email => 'ANN@x.example', role => 'administrator');
my $bobby = $t->make(Users => userName => 'BOB@X.example');
sub found {
    my ($query) = @_;
    my $res = $t->admin(GET => "/duplicates?$query");
    return [0 + $res->{status}, $res->{json}{next}, map { [$_->{key}, map { "$_->{source} $_->{userName}" } @{ $_->{accounts} }] } @{ $res->{json}{items} }];
}
is_json(found(''), [200, undef, ['ann@x.example', 'scim ann@x.example', 'local anna'], ['bob@x.example', 'local bob', 'scim BOB@X.example']],
    'accounts that share an address or a name');
is_json(found('limit=1'), [200, 'ann@x.example', ['ann@x.example', 'scim ann@x.example', 'local anna']], 'a page');
is_json(found('limit=1&after=ann@x.example'), [200, undef, ['bob@x.example', 'local bob', 'scim BOB@X.example']], 'the next one');
is_json(found('q=BO'), [200, undef, ['bob@x.example', 'local bob', 'scim BOB@X.example']], 'look for one');
is_json(found('q=x'), [200, undef], 'nobody');
is_admin($other->admin(GET => '/duplicates'), 200, items(), 'not for another tenant');

# --- merging ---------------------------------------------------------------------------------------------------------------------------

my $both = $t->make(Groups => displayName => 'Both', members => [{ value => $ann }]);
my $mine = $t->make(Groups => displayName => 'Mine', members => [{ value => $ann }]);
sql("insert into scim.membership (tenant, group_id, member_id, member_type) values ('$own', '$both', '$anna', 'User')");
$t->admin(POST => '/flags', { flag => 'B' });
$t->admin(PATCH => "/users/$ann", { flags => ['B', 'May use AI'] });
$t->admin(PATCH => "/users/$anna", { flags => ['B'] });

my $confirm = 'The user "ann@x.example" is going to be deleted; repeat its userName here to confirm that.';
is_problem($t->admin(POST => "/users/$ann/merge", { into => $anna }), 400, $ANY, { confirm => 'is missing; give the userName of the user that will be deleted, to confirm.' }, 'merge without a word');
is_problem($t->admin(POST => "/users/$ann/merge", { into => $anna, confirm => 'anna' }), 400, $confirm, { confirm => $confirm }, 'with the wrong one');
is_problem($t->admin(POST => "/users/$ann/merge", { into => $ann, confirm => 'ann@x.example' }), 400, $ANY, { into => 'This is the same account; name another one.' }, 'into itself');
is_problem($t->admin(POST => "/users/$ann/merge", { into => 'nobody', confirm => 'ann@x.example' }), 400, $ANY, { into => 'There is no user "nobody"; make it first, or correct the name.' }, 'into nobody');
is_problem($t->admin(POST => "/users/nobody/merge", { into => $ann, confirm => 'nobody' }), 404, $ANY, { user => $ANY }, 'nobody into another');
is_problem($t->admin(GET => "/users/$ann/merge"), 400, $ANY, { into => 'is missing; give the user that stays, by its id or userName.' }, 'preview of half a merge');
is($t->admin(POST => "/users/$ann/protect", { kind => 'main-contact' })->{status}, 200, 'protect it');
my $protected = 'The user "ann@x.example" is the main contact; unprotect it first.';
is_problem($t->admin(POST => "/users/$ann/merge", { into => $anna, confirm => 'ann@x.example' }), 409, $protected, { user => $protected }, 'a protected one does not go');
is($t->admin(GET => "/users/$ann/merge?into=$anna")->{json}{refused}, $protected, 'as the preview says');
$t->admin(POST => "/users/$ann/unprotect", {});

my $state = sub { sql("select string_agg(concat_ws(' ', id, version, deleted_at, flags), ',' order by id) from scim.resource where tenant = '$own'") };
my $before = $state->();
my $preview = $t->admin(GET => "/users/$ann/merge?into=anna&carry=links");
is($preview->{status}, 200, 'preview');
is_json([@{ $preview->{json} }{qw(refused groups flags links grants)}, $preview->{json}{user}{userName}, $preview->{json}{into}{userName}],
    [undef, [{ id => $mine, displayName => 'Mine', source => 'scim' }], ['May use AI'], [{ issuer => $issuer, subject => 's1' }], [], 'ann@x.example', 'anna'],
    'what would be carried over');
is($state->(), $before, 'and nothing is done');

my $shown = $t->admin(GET => "/users/$ann")->{headers}->header('ETag');
is($t->admin(PATCH => "/users/$ann", { role => 'read-only' })->{status}, 200, 'somebody changes it');
is_problem($t->admin(POST => "/users/$ann/merge", { into => $anna, confirm => 'ann@x.example' }, 'If-Match' => $shown), 412, $ANY, undef, 'so what was seen is merged no longer');
my $merged = $t->admin(POST => "/users/$ann/merge", { into => $anna, confirm => 'Ann@X.example', carry => ['links'] });
is($merged->{status}, 200, 'merge') or diag $merged->{body};
is_json([@{ $merged->{json} }{qw(id userName source role flags email)}], [$anna, 'anna', 'local', 'administrator', ['B', 'May use AI'], 'ANN@x.example'],
    'the survivor keeps its id and what it is');
is_json([map { $_->{displayName} } @{ $merged->{json}{groups} }], [qw(Both Mine)], 'and has the groups of both');
is_json([map { $_->{subject} } @{ $merged->{json}{links} }], ['s1'], 'and the links');
is_error($t->request(GET => "/Users/$ann"), 404, undef, $ANY, 'the other one is off the wire');
my $gone = $t->admin(GET => "/users/$ann")->{json};
is_json([@{ $gone }{qw(state mergedInto groups links)}], ['deleted', $anna, [], []], 'deleted, with nothing left');
is_json([map { $t->stored_members($_) } $both, $mine], [[$anna], [$anna]], 'the members are right');
is_json($t->request(GET => "/Groups/$mine")->{json}{members}, [], 'the local one is not shown to the identity provider');
my $entries = sql("select jsonb_agg(jsonb_build_array(action, actor, before, after) order by id) from scim.audit
    where tenant = '$own' and action = 'merge' and object_id = '$anna'");
is_json(unjson($entries), [['merge', 'admin', { id => $ann, userName => 'ann@x.example', source => 'scim' },
    { groups => [{ id => $mine, displayName => 'Mine', source => 'scim' }], flags => ['May use AI'], links => [{ issuer => $issuer, subject => 's1' }], grants => [],
        carry => ['links'], becomes => { userName => 'anna', externalId => undef, source => 'local' } }]],
    'the audit log has what was carried over');
is_json([map { $_->{key} } @{ $t->admin(GET => '/duplicates')->{json}{items} }], ['bob@x.example'], 'it is no duplicate any more');
is_problem($t->admin(POST => "/users/$ann/merge", { into => $anna, confirm => 'ann@x.example' }), 409, 'The user "ann@x.example" is deleted; restore it first.',
    { user => $ANY }, 'merge it again');
is_problem($t->admin(POST => "/users/$bob/merge", { into => $ann, confirm => 'bob' }), 409, $ANY, { into => $ANY }, 'into a deleted one');

# The identity provider sends the merged account again: it is not restored, but matched to the remaining account.
is_error($t->request(POST => '/Users', { schemas => [$USER], userName => 'ann@x.example', externalId => 'a1', emails => [{ value => 'ann@x.example' }] }), 409,
    'uniqueness', qr/^User already exists: the e-mail address /, 'refused, as the survivor is local');
scimctl(qw(tenant set), $own, qw(--local-match adopt));
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'ann@x.example', externalId => 'a1', emails => [{ value => 'ann@x.example' }] })->{json}{id}, $anna,
    'or the survivor is adopted');
is(sql("select deleted_at is not null from scim.resource where tenant = '$own' and id = '$ann'"), 't', 'the merged one stays deleted');

# Manual grants are transferred, each once and with its time.
if (sql("select to_regclass('scim.access_grant') is not null") eq 't') {
    my ($cy, $cyd) = map { local_account(userName => $_) } qw(cy cyd);
    my %web = map { $_ => sql("insert into scim.subscription (tenant, id, name) values ('$own', scim.new_id(now()), '$_') returning id") } qw(Web Mail);
    sql("insert into scim.access_grant (tenant, user_id, subscription_id, source, granted, granted_by) values ('$own', '$_->[0]', '$web{$_->[1]}', 'manual', '$_->[2]', 'x')")
        for [$cy, 'Web', '2020-01-01'], [$cy, 'Mail', '2020-01-02'], [$cyd, 'Mail', '2020-01-03'];
    is_json($t->admin(GET => '/users/cy/merge?into=cyd')->{json}{grants}, [{ subscription => 'Web', source => 'manual' }], 'grants that would be carried over');
    sql("insert into scim.first_login (tenant, user_id, at) values ('$own', '$cy', '2020-01-04')");
    is($t->admin(POST => '/users/cy/merge', { into => 'cyd', confirm => 'cy' })->{status}, 200, 'merge');
    is(sql("select string_agg(concat_ws(' ', s.name, g.granted::date), ', ' order by s.name) from scim.access_grant g join scim.subscription s using (tenant)
        where g.tenant = '$own' and g.user_id = '$cyd' and s.id = g.subscription_id"), 'Mail 2020-01-03, Web 2020-01-01', 'they are the other one\'s');
    is(sql("select at::date from scim.first_login where tenant = '$own' and user_id = '$cyd'"), '2020-01-04', 'who has logged in for the first time');
}

# --- whose identity is kept --------------------------------------------------------------------------------------------------------------

my $m = ScimTest->new('merge-identity');
my $uuid = '4f8ebf98-7363-4aed-8e51-21f0f28d2a0';
sub provisioned { my ($n, %more) = @_; return $m->make(Users => userName => "old$n\@x.example", externalId => "$uuid$n", roles => [{ value => 'user' }], %more) }
sub homemade { my ($n) = @_; return $m->admin(POST => '/users', { userName => "new$n", role => 'administrator' })->{json}{id} }
sub merges { my ($from, $into, @carry) = @_; return $m->admin(POST => "/users/$from/merge", { into => $into, confirm => $m->admin(GET => "/users/$from")->{json}{userName}, @carry }) }
sub identity { my ($id) = @_; return [@{ $m->admin(GET => "/users/$id")->{json} }{qw(userName externalId source role)}] }
sub users { sql("select count(*) from scim.resource where tenant = '$m->{tenant}' and type = 'User' and deleted_at is null") }

# Into a local account: the identity provider finds the remaining account.
my ($old, $new) = (provisioned(1), homemade(1));
is_json([@{ $m->admin(GET => "/users/$old/merge?into=$new")->{json} }{qw(carry becomes next refused)}],
    [[qw(userName externalId source links)], { userName => 'old1@x.example', externalId => "${uuid}1", source => 'scim' },
     "The identity provider's next request for the user that goes ($old) is answered 404. It then looks for the user again, finds the one that stays, and manages that one from then on.",
     undef], 'the preview says what the identity provider will do');
is(merges($old, $new)->{status}, 200, 'merge');
is_json(identity($new), ['old1@x.example', "${uuid}1", 'scim', 'administrator'], 'the one that stays has the identity of the other one, and its own role');
is($m->patch("/Users/$old", [{ op => 'replace', path => 'title', value => 'x' }])->{status}, 404, 'the old id is answered 404');
is_json([map { $_->{id} } @{ $m->request(GET => '/Users?filter=userName%20eq%20%22old1@x.example%22')->{json}{Resources} }], [$new], 'then it is found by its userName');
is_json([map { $_->{id} } @{ $m->request(GET => "/Users?filter=externalId%20eq%20%22${uuid}1%22")->{json}{Resources} }], [$new], 'and by its externalId');
is($m->patch("/Users/$new", [{ op => 'replace', path => 'title', value => 'x' }])->{status}, 200, 'and managed');
is(identity($new)->[3], 'administrator', 'a write that says nothing of roles leaves the role');
my $anew = $m->request(POST => '/Users', { schemas => [$USER], userName => 'other1@x.example', externalId => "${uuid}1", title => 'y' });
is_json([0 + $anew->{status}, @{ $anew->{json} }{qw(id title)}], [201, $new, 'y'], 'sent anew it is the one that stays, also under another userName');
is(users(), 1, 'nobody is there twice');
is_json($m->admin(GET => '/duplicates')->{json}{items}, [], 'and nobody is a duplicate');

# By choice: the remaining account is as the administrator chooses, and the merged one is not restored.
my $refused = qr/^User already exists: this account was merged into the local account "new2"\. Leave this user out of provisioning, or let the tenant adopt local accounts\.$/;
($old, $new) = (provisioned(2), homemade(2));
like($m->admin(GET => "/users/$old/merge?into=$new&carry=links,userName")->{json}{next}, qr/is answered 404\. It then sends the user again, and is refused \(409\)/, 'a local one');
is(merges($old, $new, carry => [])->{status}, 200, 'nothing is carried over');
is_json(identity($new), ['new2', undef, 'local', 'administrator'], 'it is what it was');
is_error($m->request(POST => '/Users', { schemas => [$USER], userName => 'old2@x.example', externalId => "${uuid}2" }), 409, 'uniqueness', $refused, 'sent anew it is refused');
is($m->request(POST => '/Bulk', { schemas => ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations => [{ method => 'POST', path => '/Users', bulkId => 'b',
    data => { schemas => [$USER], userName => 'old2@x.example', externalId => "${uuid}2" } }] })->{json}{Operations}[0]{status}, '409', 'in Bulk too');
$m->admin(PATCH => '', { localMatch => 'adopt' });
is($m->request(POST => '/Users', { schemas => [$USER], userName => 'old2@x.example', externalId => "${uuid}2" })->{json}{id}, $new, 'or adopts the one that stays');
($old, $new) = (provisioned(3), homemade(3));
is(merges($old, $new, carry => ['externalId', 'source'])->{status}, 200, 'externalId and source');
is_json(identity($new), ['new3', "${uuid}3", 'scim', 'administrator'], 'are carried over, the userName is not');
is($m->request(POST => '/Users', { schemas => [$USER], userName => 'old3@x.example', externalId => "${uuid}3" })->{json}{id}, $new, 'sent anew it is the one that stays');
is(identity($new)->[0], 'old3@x.example', 'which is called as the identity provider calls it');

# Two provisioned accounts: the identity provider has two people, and the preview says so.
($old, $new) = (provisioned(4), provisioned(5));
is_json($m->admin(GET => "/users/$old/merge?into=$new")->{json}{carry}, ['links'], 'of two provisioned ones no identity is carried over');
is(merges($old, $new)->{status}, 200, 'merge');
is_error($m->request(POST => '/Users', { schemas => [$USER], userName => 'old4@x.example', externalId => "${uuid}4" }), 409, 'uniqueness',
    qr/^User already exists: this account was merged into "old5\@x\.example", which has another externalId\. Leave one of the two out of provisioning\.$/, 'it does not come back');
is(merges($new, homemade(6))->{status}, 200, 'and once more');
is(sql("select count(*) from scim.resource where tenant = '$m->{tenant}' and user_name_key in ('old4\@x.example', 'new6')"), 0, 'one account is left of three');

my $wrong = '"name" cannot be carried over; userName, externalId, source and links can.';
is_problem($m->admin(POST => '/users/x/merge', { into => 'y', confirm => 'x', carry => ['links', 'name'] }), 400, "carry: $wrong", { carry => $wrong }, 'something else');
is_problem($m->admin(GET => '/users/x/merge?into=y&carry=name'), 400, "carry: $wrong", { carry => $wrong }, 'in a preview too');

# An administrator can restore the merged account if its name is free.
is_problem($t->admin(POST => "/users/$ann/restore", {}), 409, $ANY, { userName => $ANY }, 'its name is taken');
is_json([unjson(scimctl(qw(user merge bob --into BOB@x.example --confirm bob --json --tenant), $own))->{id}], [$bobby], 'scimctl user merge');
is_json($t->admin(POST => "/users/$bob/restore", {})->{json}{mergedInto}, undef, 'restored it is merged no longer');
like(scimctl(qw(flag list --tenant), $own), qr/^Flag +Description +Created +Users\n/, 'scimctl flag list');
like(scimctl(qw(duplicate list --tenant), $own), qr/^Alike +Accounts\nbob\@x\.example +[^{"]+\n/, 'scimctl duplicate list');
like(scimctl(qw(link list --tenant), $own), qr/^Issuer +Subject +User +Linked +Link\n/, 'scimctl link list');

done_testing;
