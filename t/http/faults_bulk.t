# Bulk requests at the same time as others; and Bulk requests whose httpd, database or connection ends in the middle.
use strict;
use warnings;
use Test::More;
use Time::HiRes qw(time sleep);
use ScimProxy;
use ScimTest;

my $REQUEST = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $t       = ScimTest->new('faults-bulk');
my $tenant  = $t->tenant;
$t->{host}  = 'patient.test'; # where a queue behind locks is no fault

sub message { return { schemas => [$REQUEST], Operations => [@_] } }
sub user { my ($bulk_id, $name, %more) = @_;
    return { method => 'POST', path => '/Users', bulkId => $bulk_id, data => { schemas => [$USER], userName => $name, %more } } }
sub group { my ($bulk_id, $name, @members) = @_;
    return { method => 'POST', path => '/Groups', bulkId => $bulk_id,
        data => { schemas => [$GROUP], displayName => $name, members => [map { { value => $_ } } @members] } } }
sub delete_user { return { method => 'DELETE', path => "/Users/$_[0]" } }
sub statuses { my %of; $of{ $_->{status} }++ for @{ $_[0]{json}{Operations} }; return \%of }
sub deadlocks { return sql("select deadlocks from pg_stat_database where datname = current_database()") }

# --- many at once, whose users are in the same groups ---------------------------------------------------------------------

sub deletions {
    my ($clients) = @_;
    my @users = map { /([0-9a-f-]{36})$/ } map { $_->{location} } @{ $t->request(POST => '/Bulk',
        message(map { user("u$_", "shared$clients-$_") } 1 .. 400))->{json}{Operations} };
    my @groups = map { my $g = $_; $t->make(Groups => displayName => "Shared $clients $g",
        members => [map { { value => $users[$_] } } grep { $_ % 4 == $g || ($_ + 1 + int($_ / 4) % 3) % 4 == $g } 0 .. $#users]) } 0 .. 3;
    my $before = deadlocks();
    # The users of each Bulk are spread over all groups, so that any two Bulks have groups in common.
    my @bulks = map { my $b = $_; $t->raw_request(POST => '/Bulk', message(map { delete_user($users[$_ * 20 + $b]) } 0 .. 19)) } 0 .. 19;
    my $began = time;
    my (@open, @answers);
    while (@bulks || @open) {
        while (@bulks && @open < $clients) {
            my $socket = connect_httpd();
            print $socket shift @bulks;
            push @open, $socket;
        }
        push @answers, read_reply(shift @open);
    }
    my $took = time - $began;
    is_json([map { statuses($_) } @answers], [({ 204 => 20 }) x 20], "$clients clients delete 400 users in Bulks of 20");
    sleep 1.1; # what a backend counts is told within a second
    is(deadlocks() - $before, 0, "$clients clients: without a deadlock");
    is(sql("select count(*) from scim.membership m join scim.resource g on g.tenant = m.tenant and g.id = m.group_id
        where m.tenant = '$tenant' and g.doc ->> 'displayName' like 'Shared $clients %'"), 0, "$clients clients: nobody is left in a group");
    cmp_ok($took, '<', 20, "$clients clients: in a short time") or diag "$took s";
}
deletions($_) for 8, 32;

# At the same time as single requests: members are added and removed while users are renamed, and deleted one by one and
# in Bulks.
{
    my @users  = map { $t->make(Users => userName => "mixed$_") } 1 .. 60;
    my @groups = map { $t->make(Groups => displayName => "Mixed $_", members => [map { { value => $_ } } @users]) } 1 .. 3;
    my $before = deadlocks();
    my @requests = map { my $n = $_; (
        $t->raw_request(DELETE => "/Users/$users[$n]"),
        $t->raw_request(POST => '/Bulk', message(map { delete_user($users[$_]) } reverse $n + 20, $n + 40)),
        $t->raw_request(PATCH => "/Groups/$groups[$n % 3]", { schemas => [$PATCH], Operations => [{ op => 'remove', path => 'members',
            value => [{ value => $users[59 - $n] }, { value => $users[$n + 20] }] }] }),
        $t->raw_request(POST => '/Bulk', message((map { { method => 'PATCH', path => "/Groups/$_", data => { schemas => [$PATCH], Operations => [
            { op => 'add', path => 'members', value => [{ value => $users[55] }] }] } } } reverse @groups), delete_user($users[$n + 20])))) } 0 .. 14;
    my @sockets = map { my $s = connect_httpd(); print $s $_; $s } @requests;
    my @answers = map { read_reply($_) } @sockets;
    is_json([map { $_->{status} } grep { $_->{status} !~ /^(200|204|400)$/ } @answers], [], 'deletions, Bulks and members beside each other: each is answered');
    sleep 1.1;
    is(deadlocks() - $before, 0, 'without a deadlock');
}

# --- httpd is killed in the middle -----------------------------------------------------------------------------------------

sub children {
    open my $file, '<', "$ENV{SCIM_TEST_WORK}/t/logs/httpd.pid" or die "httpd.pid: $!";
    chomp(my $httpd = <$file>);
    return split /\n/, run_ok(qw(pgrep -P), $httpd);
}

my $killed = ScimTest->new('faults-killed');
my $there  = $killed->make(Users => userName => 'there');
my $lock   = fork // die "fork: $!";
if (!$lock) {
    exec "$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -q -o /dev/null -c), "begin; select from scim.resource
        where tenant = '${\ $killed->tenant}' and id = '$there' for update; select pg_sleep(3); commit";
}
ok(eventually(sub { sql("select count(*) from pg_stat_activity where query like '%pg_sleep(3); commit%' and wait_event = 'PgSleep'") }), 'a user is locked');
my $socket = connect_httpd();
print $socket $killed->raw_request(POST => '/Bulk', message((map { user("b$_", "killed$_") } 1 .. 250),
    { method => 'PATCH', path => "/Users/$there", data => { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'title', value => 'x' }] } }));
ok(eventually(sub { sql("select count(*) from pg_stat_activity where usename = 'scim_web' and wait_event_type = 'Lock'") }), 'a Bulk request waits for it, half done');
kill KILL => children();
waitpid $lock, 0;
my $made = sql("select count(*) from scim.resource where tenant = '${\ $killed->tenant}' and doc ->> 'userName' like 'killed%'");
cmp_ok($made, '>', 0, 'httpd is killed, and a part of the request is done');
is(sql("select count(*) from scim.audit a where a.tenant = '${\ $killed->tenant}' and a.request is not null
    and not exists (select from scim.activity x where x.tenant = a.tenant and x.request = a.request)
    and a.request in (select request from scim.audit where tenant = a.tenant and object_name like 'killed%')"), 0, 'each of its changes has the row of its request');
ok(eventually(sub { $killed->request(GET => "/Users/$there")->{status} == 200 }), 'httpd goes on');
my ($row) = grep { $_->{path} eq '/Bulk' } @{ $killed->admin(GET => '/activity')->{json}{items} };
is_json([@$row{qw(method status reason)}], ['POST', 503, 'The request was not finished: it ended after 200 of its 251 operations.'],
    'which says that the request was not finished') if $made == 200;
like($row->{reason}, qr/^The request was not finished: it ended after \d+ of its 251 operations\.$/, 'and how far it came');
my $again = $killed->request(POST => '/Bulk', message(user('again', 'again')));
is($again->{status}, 200, 'a Bulk request that ends');
is_json([map { [@$_{qw(status reason)}] } grep { $_->{path} eq '/Bulk' } @{ $killed->admin(GET => '/activity')->{json}{items} }],
    [[200, undef], [503, $ANY]], 'has a row that says so');

# --- the connection ends in the middle -------------------------------------------------------------------------------------

# A group is created with a member that does not exist: the attempt fails, and the rest is repeated without the group.
# The client must not see this error of the attempt, because here the connection ends right after it.
my $proxy = ScimProxy->new(5434);
my $lost  = ScimTest->new('faults-lost');
my $nobody = '00000000-0000-7000-8000-000000000000';
my @request = (POST => '/Bulk', message(group('f', 'Found'), group('g', 'Lost', $nobody)), ':host' => 'held.test');
$proxy->cut('is no User or Group of this tenant');
my $res = $lost->request(@request);
is($proxy->cuts, 1, 'the connection ends after an attempt that has failed');
is_error($res, 503, undef, 'The database is not available. Try again later.', 'the answer is that of an outage, not the error of the attempt');
is(sql("select count(*) from scim.resource where tenant = '${\ $lost->tenant}' and type = 'Group'"), 0, 'nothing was done');
is_json([map { $_->{status} } @{ $lost->request(@request)->{json}{Operations} }], ['201', '400'], 'again: each operation has its own answer');

# The same after a part was committed.
my @many = ((map { user("m$_", "many$_") } 1 .. 120), group('g', 'Lost', $nobody));
$proxy->cut('is no User or Group of this tenant');
$res = $lost->request(POST => '/Bulk', message(@many), ':host' => 'held.test');
is($proxy->cuts, 2, 'the connection ends in a later part');
is_json([map { $_->{status} } @{ $res->{json}{Operations} }], [('201') x 100, ('503') x 21], 'what was committed is said, and what was not');
is(sql("select count(*) from scim.resource where tenant = '${\ $lost->tenant}' and doc ->> 'userName' like 'many%'"), 100, 'as it is stored');

done_testing;
