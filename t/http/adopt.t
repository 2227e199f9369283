# A POST whose userName or e-mail address belongs to a local account is refused, or the account becomes the provisioned
# one.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t   = ScimTest->new('adopt');
my $own = $t->tenant;
my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

sub post  { my %u = @_; return $t->request(POST => '/Users', { schemas => [$USER], %u }) }
sub mail  { return [map { { value => $_ } } @_] }
sub local_account { my $res = $t->admin(POST => '/users', { @_ }); die $res->{body} unless $res->{status} == 201; return $res->{json}{id} }
sub stored { my ($id, $what) = @_; return sql("select $what from scim.resource r where tenant = '$own' and id = '$id'") }
sub count { return sql("select count(*) from scim.resource where tenant = '$own' and type = 'User'") }
sub bulk {
    my $n = 0;
    return $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [map { { method => 'POST', path => '/Users', bulkId => 'b' . $n++,
        data => { schemas => [$USER], %$_ } } } @_] })->{json}{Operations};
}
my $by_name = 'User already exists: the userName "%s" belongs to a local account. Rename or remove that one, or let the tenant adopt local accounts.';
my $by_mail = 'User already exists: the e-mail address "%s" belongs to a local account. Rename or remove that one, or let the tenant adopt local accounts.';
my $protected = 'User already exists: the %s "%s" belongs to a protected account, which provisioning never takes over. Leave this user out of provisioning.';

# --- refusing, the default -----------------------------------------------------------------------------------------------------------

my $ann = local_account(userName => 'Ann', email => 'Ann@x.example', role => 'administrator');
my $count = count();
is_error(post(userName => 'aNN'), 409, 'uniqueness', sprintf($by_name, 'aNN'), 'the userName, in whatever case');
is_error(post(userName => 'ann.lee', emails => mail('ANN@x.example')), 409, 'uniqueness', sprintf($by_mail, 'ANN@x.example'), 'the e-mail address');
is_error(post(userName => 'ann.lee', emails => [{ value => 'other@x.example' }, { value => 'ann@x.example', primary => true }]), 409, 'uniqueness',
    sprintf($by_mail, 'ann@x.example'), 'the primary one');
is(count(), $count, 'nothing was made');
is(stored($ann, "concat_ws(' ', source, version)"), 'local 1', 'nothing has changed');
my $lee = post(userName => 'ann.lee', emails => mail('other@x.example', 'ann@x.example'));
is($lee->{status}, 201, 'another one than the primary is no matter');
is_error(post(userName => 'ANN.LEE'), 409, 'uniqueness', 'userName is already used by another User. Match that user instead of creating it again, or send another userName.', 'a provisioned one is taken as ever');

my $answers = bulk({ userName => 'ben' }, { userName => 'ANN' }, { userName => 'cat', emails => mail('ann@X.example') }, { userName => 'dan' });
is_json([map { $_->{status} } @$answers], [qw(201 409 409 201)], 'in Bulk');
is_json([map { $_->{response}{detail} } @$answers[1, 2]], [sprintf($by_name, 'ANN'), sprintf($by_mail, 'ann@X.example')], 'with the same words');
is_json([map { $_->{response}{scimType} } @$answers[1, 2]], [qw(uniqueness uniqueness)], 'and the same type');
is(count(), $count + 3, 'the others are made');

# A deleted local account: its name is free, and no POST restores it.
my $old = local_account(userName => 'old', email => 'old@x.example');
is_empty($t->admin(DELETE => "/users/$old"), 204, 'a local account is deleted');
scimctl(qw(tenant set), $own, qw(--restore userName));
my $new = post(userName => 'old', emails => mail('old@x.example'));
is($new->{status}, 201, 'its userName is free');
isnt($new->{json}{id}, $old, 'for another account');
is(stored($old, 'deleted_at is not null'), 't', 'it stays deleted');
scimctl(qw(tenant set), $own, qw(--restore externalId));

# --- adopt ---------------------------------------------------------------------------------------------------------------------------

scimctl(qw(tenant set), $own, qw(--local-match adopt));
$t->admin(POST => '/flags', { flag => 'may-fly' });
$t->admin(PATCH => "/users/$ann", { flags => ['may-fly'] });
is($t->admin(POST => '/links', { user => $ann, issuer => 'https://idp.example', subject => 'a1' })->{status}, 201, 'a login is recorded');
my $version = stored($ann, 'version');
my $res = post(userName => 'ANN', displayName => 'Ann of the provider', externalId => 'e1', emails => mail('ann@x.example'));
is_reply($res, 201, $t->user({ userName => 'ANN', displayName => 'Ann of the provider', externalId => 'e1', active => true,
    emails => mail('ann@x.example') }, $ann, $version + 1), 'adopted, under its own id');
is($res->{location}, $t->url . "/Users/$ann", 'Location');
is_reply($t->request(GET => "/Users/$ann"), 200, $res->{json}, 'it is on the wire');
is(stored($ann, "concat_ws(' ', source, wire, role, flags, protected)"), 'scim t administrator {may-fly}', 'its role and flags stay');
is(sql("select subject from scim.link where tenant = '$own' and user_id = '$ann'"), 'a1', 'and its links');
my $log = sql("select jsonb_build_array(actor_kind, actor, action, before -> 'source', after -> 'source', after -> 'externalId') from scim.audit
    where tenant = '$own' and object_id = '$ann' order by id desc limit 1");
is_json(unjson($log), ['token', 'test', 'adopt', 'local', 'scim', 'e1'], 'the audit log has it');
is_error(post(userName => 'ann'), 409, 'uniqueness', 'userName is already used by another User. Match that user instead of creating it again, or send another userName.', 'it is adopted once');
is($t->request(PUT => "/Users/$ann", { schemas => [$USER], userName => 'ANN', active => false })->{status}, 200, 'the identity provider changes it');
my $managed = 'managed by provisioning; change it in your identity provider';
is_problem($t->admin(PATCH => "/users/$ann", { active => true }), 403, $managed, { active => $managed }, 'and the administrator no longer');

# By the e-mail address only; the account gets the new userName.
my $eve = local_account(userName => 'eve', email => 'eve@x.example');
$res = post(userName => 'eve.new@x.example', emails => mail('EVE@x.example'));
is_reply($res, 201, $t->user({ userName => 'eve.new@x.example', displayName => 'eve.new@x.example', active => true, emails => mail('EVE@x.example') }, $eve, 2), 'by e-mail');
is(sql("select string_agg(key, ',') from scim.lookup where tenant = '$own' and resource_id = '$eve'"), 'eve@x.example', 'it is found by it');

# The userName belongs to a provisioned account, so no account is adopted.
my $fay = local_account(userName => 'fay', email => 'fay@x.example');
is_error(post(userName => 'BEN', emails => mail('fay@x.example')), 409, 'uniqueness', 'userName is already used by another User. Match that user instead of creating it again, or send another userName.',
    'the userName of one account and the e-mail address of another');
is(stored($fay, "concat_ws(' ', source, version)"), 'local 1', 'changes nothing');

# Adopting an account applies the role that the identity provider sends.
my $gil = local_account(userName => 'gil', role => 'administrator');
is_error(post(userName => 'gil', roles => [{ value => 'nobody' }]), 400, 'invalidValue', 'Role not found: nobody. The roles here are: administrator, office-admin, user, read-only, summary-only. Correct the mapping of roles in the identity provider, or let an administrator add the role here.', 'an unknown role');
is(stored($gil, "concat_ws(' ', source, version, role)"), 'local 1 administrator', 'changes nothing');
is(post(userName => 'gil', roles => [{ value => 'READ-ONLY' }])->{status}, 201, 'a known role');
is(stored($gil, "concat_ws(' ', source, version, role)"), 'scim 2 read-only', 'counts');

# In Bulk: two operations that mean one account, and one that refers to it.
my $hal = local_account(userName => 'hal', email => 'hal@x.example');
my $ida = local_account(userName => 'ida');
my $group = { method => 'POST', path => '/Groups', bulkId => 'g', data => { schemas => [$GROUP], displayName => 'Adopted', members => [{ value => 'bulkId:i' }] } };
$res = $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [
    { method => 'POST', path => '/Users', bulkId => 'h', data => { schemas => [$USER], userName => 'HAL' } },
    { method => 'POST', path => '/Users', bulkId => 'h2', data => { schemas => [$USER], userName => 'hal' } },
    { method => 'POST', path => '/Users', bulkId => 'j', data => { schemas => [$USER], userName => 'jo' } },
    { method => 'POST', path => '/Users', bulkId => 'i', data => { schemas => [$USER], userName => 'Ida' } }, $group ] });
is_json([map { $_->{status} } @{ $res->{json}{Operations} }], [qw(201 409 201 201 201)], 'in Bulk') or diag $res->{body};
is($res->{json}{Operations}[0]{location}, $t->url . "/Users/$hal", 'the first is adopted');
is($res->{json}{Operations}[3]{location}, $t->url . "/Users/$ida", 'so is the other');
is_json($t->stored_members($res->{json}{Operations}[4]{location} =~ s{.*/}{}r), [$ida], 'under its own id it is a member');
is(stored($hal, 'source') . stored($ida, 'source'), 'scimscim', 'both are provisioned');

# Protected accounts are never adopted.
my $kai = local_account(userName => 'kai', email => 'kai@x.example');
is($t->admin(POST => "/users/$kai/protect", { kind => 'break-glass' })->{status}, 200, 'protect one');
is_error(post(userName => 'kai'), 409, 'uniqueness', sprintf($protected, 'userName', 'kai'), 'by its userName');
is_error(post(userName => 'kai2', emails => mail('kai@x.example')), 409, 'uniqueness', sprintf($protected, 'e-mail address', 'kai@x.example'), 'by its e-mail address');
is_json([map { $_->{status} } @{ bulk({ userName => 'kai' }, { userName => 'lou' }) }], [qw(409 201)], 'in Bulk');
is(stored($kai, "concat_ws(' ', source, protected, version)"), 'local break-glass 1', 'nothing has changed');

# A converted account is restored when the identity provider sends it again.
is($t->admin(POST => "/users/$eve/convert", {})->{status}, 200, 'convert one');
is_error($t->request(GET => "/Users/$eve"), 404, undef, $ANY, 'it is off the wire');
is(post(userName => 'eve.new@x.example')->{json}{id}, $eve, 'sent again it is the same account');

# Several at once: one of them adopts the account.
my $max = local_account(userName => 'max', email => 'max@x.example');
my @pids = map {
    my $pid = fork // die;
    if (!$pid) {
        $t->{agent} = LWP::UserAgent->new(timeout => 60);
        require POSIX;
        POSIX::_exit(post(userName => 'Max')->{status} == 201 ? 1 : 0);
    }
    $pid;
} 1 .. 6;
is_json([sort map { waitpid $_, 0; $? >> 8 } @pids], [0, 0, 0, 0, 0, 1], 'one of six adopts it');
is(stored($max, "concat_ws(' ', source, version)"), 'scim 2', 'once');

is_problem($t->admin(PATCH => "//tenants/$own", { localMatch => 'perhaps' }), 400, $ANY, { localMatch => 'must be one of: refuse|adopt.' }, 'a wrong setting');

done_testing;
