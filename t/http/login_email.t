# If people log in by e-mail address (loginAttribute email), no two accounts can have the same one, whoever writes.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t    = ScimTest->new('login-email');
my $own  = $t->tenant;
my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $TAKEN = 'emails: the e-mail address is already the login of another user. In this tenant people log in with their e-mail address, without case: '
    . 'give this user another primary e-mail address in the identity provider, or leave the user out of provisioning.';

sub mail  { return [map { { value => $_ } } @_] }
sub post  { my %u = @_; return $t->request(POST => '/Users', { schemas => [$USER], %u }) }
sub login { return sql("select coalesce(login_key, '-') from scim.resource where tenant = '$own' and id = '$_[0]'") }
sub state_of { return sql("select string_agg(concat_ws(' ', id, version, source, deleted_at, doc), E'\\n' order by id) from scim.resource
    where tenant = '$own' and type = 'User'") }
sub bulk {
    my $n = 0;
    return $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [map { { method => $_->[0], path => $_->[1],
        ($_->[0] eq 'POST' ? (bulkId => 'b' . $n++) : ()), ($_->[2] ? (data => $_->[2]) : ()) } } @_] })->{json}{Operations};
}
sub user_of  { my %u = @_; return { schemas => [$USER], %u } }
sub patch_of { return { schemas => [$PATCH], Operations => [@_] } }

# --- with userName as login, accounts may share e-mail addresses --------------------------------------------------------------------------

my $anna = $t->make(Users => userName => 'anna', emails => mail('Anna@x.example'));
my $twin = $t->make(Users => userName => 'twin', emails => mail('anna@X.example'));
my $bob  = $t->make(Users => userName => 'bob', emails => [{ value => 'bob@x.example', type => 'work' }, { value => 'b@home.example', type => 'home', primary => true }]);
my $loc  = $t->admin(POST => '/users', { userName => 'loc', email => 'B@home.example' })->{json}{id};
is(login($_), '-', 'there is no login key') for $anna, $bob, $loc;

# --- switching it on ------------------------------------------------------------------------------------------------------------------------

my $clash = 'Several users would have the same login: "anna@x.example" (anna, twin), "b@home.example" (bob, loc). '
    . 'Give all but one of them another primary e-mail address, or merge those that are the same person, and set it again.';
my $settings = sql("select login_attribute from scim.tenant where tenant = '$own'");
is_problem($t->admin(PATCH => '', { loginAttribute => 'email', displayName => 'New' }), 409, $clash, { loginAttribute => $clash }, 'those that clash are named');
is_json([@{ $t->admin(GET => '')->{json} }{qw(loginAttribute displayName)}], ['userName', undef], 'and nothing is set');
is_json([(run_ok("$ENV{SCIM_TEST_WORK}/bin/scimctl", qw(tenant set), $own, qw(--login-attribute email)))], ["scimctl: $clash\n", 1], 'by scimctl, too');
is(login($anna), '-', 'nor is there a login key');
is($t->patch("/Users/$twin", [{ op => 'replace', path => 'emails', value => mail('twin@x.example') }])->{status}, 200, 'one gets another address');
is($t->admin(PATCH => "/users/$loc", { email => 'loc@x.example' })->{status}, 200, 'so does the other');
is($t->admin(PATCH => '', { loginAttribute => 'email' })->{json}{loginAttribute}, 'email', 'then it is set');
is_json([map { login($_) } $anna, $twin, $bob, $loc], [qw(anna@x.example twin@x.example b@home.example loc@x.example)], 'all have their key');
is($t->admin(PATCH => '', { loginAttribute => 'email' })->{status}, 200, 'set again');

# --- which of several addresses is the login ----------------------------------------------------------------------------------------------

for (['the primary one', 'p@x.example', { value => 'o@x.example' }, { value => 'P@x.example', primary => true }],
    ['the first where none is', 'first@x.example', { value => 'First@x.example', type => 'home' }, { value => 'second@x.example', type => 'work' }],
    ['the first with a value', 'valued@x.example', { type => 'home', display => 'none yet' }, { value => 'valued@x.example', type => 'work' }],
    ['where the primary one has no value, the first that has', 'plain@x.example', { display => 'none', type => 'home', primary => true }, { value => 'plain@x.example' }],
    ['none where there is none', '-']) {
    my ($name, $expected, @emails) = @$_;
    my $id = post(userName => $name, (@emails ? (emails => \@emails) : ()))->{json}{id};
    is(login($id), $expected, $name);
    is($t->admin(GET => "/users/$id")->{json}{login} // '-', $expected =~ s/^first/First/r =~ s/^p@/P@/r, "$name: as it is shown");
}
is(post(userName => 'nobody1')->{status}, 201, 'several may have none');

# --- every write of a client --------------------------------------------------------------------------------------------------------------

my $cat = $t->make(Users => userName => 'cat', externalId => 'a7f1e9b4-0000-4000-8000-000000000001', emails => [{ value => 'cat@x.example', type => 'work', primary => true },
    { value => 'ANNA@x.example', type => 'other' }]);
my $un = $t->make(Users => userName => 'un', emails => mail('ÜN@x.example'));
my $before = state_of();
my @writes = (
    ['POST', POST => '/Users', user_of(userName => 'new', emails => mail('ANNA@x.example'))],
    ['POST of the primary one', POST => '/Users', user_of(userName => 'new', emails => [{ value => 'new@x.example' }, { value => 'anna@x.example', primary => true }])],
    ['POST, other letters than A to Z', POST => '/Users', user_of(userName => 'new', emails => mail('ün@x.example'))],
    ['POST of that of a local user', POST => '/Users', user_of(userName => 'new', emails => mail('LOC@x.example')), qr/^User already exists: the e-mail address/],
    ['PUT', PUT => "/Users/$cat", user_of(userName => 'cat', emails => mail('anna@x.example'))],
    ['PUT of that of a local user', PUT => "/Users/$cat", user_of(userName => 'cat', emails => mail('Loc@x.example'))],
    ['PATCH of the list', PATCH => "/Users/$cat", patch_of({ op => 'replace', path => 'emails', value => mail('Anna@X.example') })],
    ['PATCH of a value', PATCH => "/Users/$cat", patch_of({ op => 'replace', path => 'emails[type eq "work"].value', value => 'anna@x.example' })],
    ['PATCH without a path', PATCH => "/Users/$cat", patch_of({ op => 'replace', value => { emails => mail('anna@x.example') } })],
    ['PATCH of which one is primary', PATCH => "/Users/$cat", patch_of({ op => 'replace', path => 'emails[type eq "other"].primary', value => true })],
    ['PATCH that removes the one before', PATCH => "/Users/$cat", patch_of({ op => 'remove', path => 'emails[type eq "work"]' })],
    ['PATCH that adds the primary one', PATCH => "/Users/$cat", patch_of({ op => 'add', path => 'emails', value => [{ value => 'b@HOME.example', type => 'home', primary => true }] })],
);
for (@writes) {
    my ($name, $method, $path, $body, $detail) = @$_;
    is_error($t->request($method, $path, $body), 409, 'uniqueness', $detail // $TAKEN, $name);
    my ($answer) = @{ bulk([$method, $path, $body]) };
    is_json([@{ $answer->{response} }{qw(status scimType detail)}], ['409', 'uniqueness', $detail // $TAKEN], "$name, in Bulk");
}
is(state_of(), $before, 'nothing has changed');
is_error($t->request(POST => '/Users', user_of(userName => 'CAT', emails => mail('anna@x.example'))), 409, 'uniqueness', $ANY, 'both are taken');
is_error($t->request(POST => '/Users', user_of(userName => 'CAT', emails => mail('free@x.example'))), 409, 'uniqueness', 'userName is already used by another User. Match that user instead of creating it again, or send another userName.', 'the userName alone');
is($t->request(PUT => "/Users/$cat", user_of(userName => 'cat', externalId => 'a7f1e9b4-0000-4000-8000-000000000001', emails => mail('CAT@x.example')))->{status}, 200, 'its own in another case is no other');
is($t->patch("/Users/$cat", [{ op => 'add', path => 'title', value => 'x' }])->{status}, 200, 'nor is it in the way of anything else');

# Several in one message.
my $answers = bulk(map { [POST => '/Users', user_of(userName => $_->[0], emails => mail($_->[1]))] } ['m1', 'm1@x.example'], ['m2', 'M1@x.example'],
    ['m3', 'anna@x.example'], ['m4', 'm4@x.example'], ['m5', 'loc@x.example']);
is_json([map { $_->{status} } @$answers], [qw(201 409 409 201 409)], 'Bulk: of two that are the same the first is made, and the others are');
is_json([map { $_->{response}{detail} } @$answers[1, 2, 4]], [$TAKEN, $TAKEN, qr/^User already exists: the e-mail address "loc\@x.example"/], 'Bulk: each has its reason');
my ($m1, $m4) = map { $answers->[$_]{location} =~ s{.*/}{}r } 0, 3;
$answers = bulk([PATCH => "/Users/$m1", patch_of({ op => 'replace', path => 'emails', value => mail('swap@x.example') })],
    [PATCH => "/Users/$m4", patch_of({ op => 'replace', path => 'emails', value => mail('m1@x.example') })],
    [DELETE => "/Users/$m1"],
    [POST => '/Users', user_of(userName => 'm6', emails => mail('swap@x.example'))]);
is_json([map { $_->{status} } @$answers], [qw(200 200 204 201)], 'Bulk: what is given up can be taken in the same message');

# --- restored, adopted, converted, merged ---------------------------------------------------------------------------------------------------

my $ext = 'a7f1e9b4-0000-4000-8000-000000000002';
my $dan = $t->make(Users => userName => 'dan', externalId => $ext, emails => mail('dan@x.example'));
is($t->request(DELETE => "/Users/$dan")->{status}, 204, 'one is deleted');
is(login($dan), '-', 'and has no login any more');
my $heir = $t->make(Users => userName => 'heir', emails => mail('DAN@x.example'));
is(login($heir), 'dan@x.example', 'another one gets it');
$before = state_of();
is_error(post(userName => 'dan', externalId => $ext, emails => mail('dan@x.example')), 409, 'uniqueness', $TAKEN, 'a POST does not restore the first');
is_json([map { $_->{status} } @{ bulk([POST => '/Users', user_of(userName => 'dan', externalId => $ext, emails => mail('dan@x.example'))],
    [POST => '/Users', user_of(userName => 'extra', emails => mail('extra@x.example'))]) }], [qw(409 201)], 'nor does one in Bulk, which makes the others');
my $extra = sql("select id from scim.resource where tenant = '$own' and user_name_key = 'extra'");
my $there = 'The e-mail address "dan@x.example" is the login of "heir" now; give that user another one first.';
is_problem($t->admin(POST => "/users/$dan/restore", {}), 409, $there, { email => $there }, 'nor does an administrator');
is($t->request(DELETE => "/Users/$extra")->{status}, 204, 'the other one goes');
is(sql("select deleted_at is not null from scim.resource where tenant = '$own' and id = '$dan'"), 't', 'it stays deleted');
is(post(userName => 'dan', externalId => $ext, emails => mail('dan2@x.example'))->{json}{id}, $dan, 'with another address it is restored');
is(login($dan), 'dan2@x.example', 'and has its login');

is($t->admin(PATCH => '', { localMatch => 'adopt' })->{status}, 200, 'local accounts are adopted');
my $eve = $t->admin(POST => '/users', { userName => 'eve', email => 'eve@x.example' })->{json}{id};
is_error(post(userName => 'eve', emails => mail('anna@x.example')), 409, 'uniqueness', $TAKEN, 'an adopted one does not get the login of another one');
is_json([map { $_->{response}{detail} } @{ bulk([POST => '/Users', user_of(userName => 'eve', emails => mail('anna@x.example'))]) }], [$TAKEN], 'in Bulk');
is(sql("select source from scim.resource where tenant = '$own' and id = '$eve'"), 'local', 'and is not adopted');
is(post(userName => 'eve', emails => mail('EVE@x.example'))->{json}{id}, $eve, 'its own is no other');
is($t->admin(POST => "/users/$eve/convert", {})->{status}, 200, 'it is made a local one');
is(login($eve), 'eve@x.example', 'whose login stays');
is_error($t->patch("/Users/$cat", [{ op => 'replace', path => 'emails', value => mail('eve@x.example') }]), 409, 'uniqueness', $TAKEN, 'and stays taken');
my $old = $t->admin(POST => '/users', { userName => 'old', email => 'old@x.example' })->{json}{id};
is($t->admin(POST => "/users/$old/merge", { into => $eve, confirm => 'old' })->{status}, 200, 'one is merged into it');
is_json([login($old), login($eve)], ['-', 'eve@x.example'], 'the login of the merged one is free');
is($t->patch("/Users/$cat", [{ op => 'replace', path => 'emails', value => mail('old@x.example') }])->{status}, 200, 'for another one');
my $back = 'The e-mail address "old@x.example" is the login of "cat" now; give that user another one first.';
is_problem($t->admin(POST => "/users/$old/restore", {}), 409, $back, { email => $back }, 'so that the merged one does not come back');

# --- and administrators -------------------------------------------------------------------------------------------------------------------

my $used = 'The e-mail address "ANNA@x.example" is the login of "anna" already; choose another one.';
my $pat = $t->admin(POST => '/users', { userName => 'pat', email => 'pat@x.example' })->{json}{id};
$before = state_of();
is_problem($t->admin(POST => '/users', { userName => 'pia', email => 'ANNA@x.example' }), 409, $used, { email => $used }, 'user add');
is_problem($t->admin(PATCH => "/users/$pat", { email => 'ANNA@x.example' }), 409, $used, { email => $used }, 'user set');
is_json([(run_ok("$ENV{SCIM_TEST_WORK}/bin/scimctl", qw(user set pat --email ANNA@x.example --tenant), $own))], ["scimctl: $used\n", 1], 'by scimctl');
is(state_of(), $before, 'nothing has changed');
is($t->admin(PATCH => "/users/$pat", { email => 'PAT@x.example', displayName => 'Pat' })->{status}, 200, 'its own is no other');
is($t->admin(PATCH => "/users/$pat", { email => undef })->{json}{login}, undef, 'it may have none');

# --- simultaneous requests: one succeeds -------------------------------------------------------------------------------------------------

sub at_once {
    my ($name, $one, @requests) = @_;
    my @sockets = map { my $socket = connect_httpd(); print $socket $t->raw_request(@$_); $socket } @requests;
    my @replies = map { read_reply($_) } @sockets;
    is_json([sort map { $_->{status} } @replies], [$one, ('409') x (@requests - 1)], "$name: one of them");
    is_json([map { $_->{json}{detail} } grep { $_->{status} eq '409' } @replies], [($TAKEN) x (@requests - 1)], "$name: the others are told why");
}
at_once('POST', '201', map { [POST => '/Users', user_of(userName => "race$_", emails => mail($_ % 2 ? 'Race@x.example' : 'race@X.example'))] } 1 .. 6);
my @runners = map { $t->make(Users => userName => "runner$_") } 1 .. 4;
at_once('PATCH', '200', map { [PATCH => "/Users/$_", patch_of({ op => 'add', path => 'emails', value => mail('goal@x.example') })] } @runners);
at_once('PUT and POST', '200', [PUT => "/Users/$runners[0]", user_of(userName => 'runner1', emails => mail('last@x.example'))],
    [PUT => "/Users/$runners[1]", user_of(userName => 'runner2', emails => mail('last@x.example'))]);

# A write while it is switched on: either it is seen by the change, or it sees the change.
my $late = ScimTest->new('login-late');
$late->make(Users => userName => 'first', emails => mail('same@x.example'));
my $pid = fork // die "fork: $!";
if (!$pid) {
    exec "$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -q -o /dev/null -c), "begin; insert into scim.resource (tenant, type, id, doc) values ('${\ $late->tenant}', 'User',
        scim.new_id(clock_timestamp()), '{\"userName\": \"second\", \"emails\": [{\"value\": \"Same\@x.example\"}]}'); select pg_sleep(1.75); commit";
}
ok(eventually(sub { sql("select count(*) from pg_stat_activity where query like '%pg_sleep(1.75); commit%' and wait_event = 'PgSleep'") }), 'a user is being made');
is($late->admin(PATCH => '', { loginAttribute => 'email' })->{status}, 409, 'setting it waits for that one');
waitpid $pid, 0;
is($late->admin(GET => '')->{json}{loginAttribute}, 'userName', 'and does nothing');

# --- switching it off ---------------------------------------------------------------------------------------------------------------------

is($t->admin(PATCH => '', { loginAttribute => 'userName' })->{status}, 200, 'userName is the login again');
is(sql("select count(login_key) from scim.resource where tenant = '$own'"), 0, 'there is no key left');
is($t->patch("/Users/$bob", [{ op => 'replace', path => 'emails', value => mail('anna@x.example') }])->{status}, 200, 'addresses may be shared');
is(post(userName => 'shared', emails => mail('anna@x.example'))->{status}, 201, 'by new ones, too');

done_testing;
