# Bulk requests beside others.
use strict;
use warnings;
use Test::More;
use Time::HiRes qw(time sleep);
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

# --- many at once, whose users share groups -------------------------------------------------------------------------------

sub deletions {
    my ($clients) = @_;
    my @users = map { /([0-9a-f-]{36})$/ } map { $_->{location} } @{ $t->request(POST => '/Bulk',
        message(map { user("u$_", "shared$clients-$_") } 1 .. 400))->{json}{Operations} };
    my @groups = map { my $g = $_; $t->make(Groups => displayName => "Shared $clients $g",
        members => [map { { value => $users[$_] } } grep { $_ % 4 == $g || ($_ + 1 + int($_ / 4) % 3) % 4 == $g } 0 .. $#users]) } 0 .. 3;
    my $before = deadlocks();
    # Each Bulk is of users from everywhere, so that any two have all groups in common.
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

# Beside single requests: members come and go while users are deleted one by one and in Bulks, and renamed.
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

done_testing;
