# What the console's Access page saves: policies, automatic subscriptions and mappings, in one request and one
# transaction.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t   = ScimTest->new('policy-save');
my $own = $t->tenant;

my $anna = $t->make(Users => userName => 'anna');
my %group = map { $_ => $t->make(Groups => displayName => $_, members => [{ value => $anna }]) } 'Sales', 'a=b';
my %sold = map { $_ => $t->admin(POST => '/subscriptions', { name => $_ })->{json}{id} } 'Mail', 'Portal', '1 = 1';
my $old = $t->admin(POST => '/mappings', { group => 'Sales', subscription => 'Mail' })->{json}{id};

# Everything that one save may change, and the tenant's version at that time.
sub state_of {
    my @mappings = sort map { "$_->{group}: " . ($_->{subscription} // "role $_->{role}") } @{ $t->admin(GET => '/mappings')->{json}{items} };
    my @automatic = sort map { $_->{name} } grep { $_->{automatic} } @{ $t->admin(GET => '/subscriptions')->{json}{items} };
    my $is = $t->admin(GET => '');
    return ([@{ $is->{json} }{qw(syncPolicy loginPolicy)}, \@automatic, \@mappings], $is->{headers}{etag});
}
sub audited { return sql("select count(*) from scim.audit where tenant = '$own'") }

my ($before, $etag) = state_of();
is_json($before, ['manual', 'manual', [], ['Sales: Mail']], 'at first');
ok($etag, 'the tenant has a version');
my $log = audited();

# An error in any part refuses the whole request, and names the argument.
my $save = { syncPolicy => 'groups', loginPolicy => 'first-login', automatic => ['Portal'], map => ["a=b=$sold{'1 = 1'}", 'Sales=role:read-only'], unmap => [$old] };
for ([automatic => 'nothing', 404, qr/^There is no subscription "nothing"/], [notAutomatic => 'nothing', 404, qr/^There is no subscription "nothing"/],
    [map => 'Sales=nothing', 404, qr/^There is no subscription "nothing"/], [map => 'nobody=Mail', 404, qr/^There is no group "nobody"/],
    [map => 'Sales=role:king', 404, qr/^There is no role "king"/], [map => 'Sales', 400, qr/GROUP=SUBSCRIPTION/], [map => '=Mail', 400, qr/GROUP=SUBSCRIPTION/],
    [unmap => $anna, 404, qr/^There is no mapping/]) {
    my ($argument, $value, $status, $text) = @$_;
    is_problem($t->admin(POST => '/policy', { %$save, $argument => [@{ $save->{$argument} // [] }, $value] }), $status, $text, { $argument => $ANY }, "$argument: $value");
}
is_problem($t->admin(POST => '/policy', { %$save, syncPolicy => 'some' }), 400, $ANY, { syncPolicy => $ANY }, 'a wrong choice');
is_problem($t->admin(POST => '/policy', $save, 'If-Match' => '"0123"'), 412, $ANY, undef, 'another version of the tenant');
is_json([state_of()], [$before, $etag], 'nothing has changed');
is(audited(), $log, 'and nothing is in the audit log');

# The whole request succeeds. The version is the tenant's, not that of each subscription and mapping.
is_empty($t->admin(POST => '/policy', $save, 'If-Match' => $etag), 204, 'for the version that it was made of');
is_json((state_of())[0], ['groups', 'first-login', ['Portal'], ['Sales: role read-only', 'a=b: 1 = 1']], 'everything');
is(audited() - $log, 5, 'each change is in the audit log');
is(sql("select count(distinct request) from scim.audit where tenant = '$own' and id > (select max(id) - 5 from scim.audit where tenant = '$own')"), 1, 'of one request');
is_problem($t->admin(POST => '/policy', $save, 'If-Match' => $etag), 412, $ANY, undef, 'once more with that version');

# Settings that exist already are no error; scimctl has the same operation.
is(scimctl(qw(policy save --not-automatic Portal --map Sales=Mail --map), 'Sales=role:read-only', '--tenant', $own), '', 'scimctl policy save');
is_json((state_of())[0], ['groups', 'first-login', [], ['Sales: Mail', 'Sales: role read-only', 'a=b: 1 = 1']], 'the one that was missing');
is_empty($t->admin(POST => '/policy', {}), 204, 'nothing to save');

# Two administrators at once, in a different order: both requests succeed, without a deadlock.
my @race = map { my $n = $_; { automatic => $n % 2 ? [qw(Mail Portal)] : [qw(Portal Mail)], map => [map { "$_=Portal" } $n % 2 ? ('Sales', 'a=b') : ('a=b', 'Sales')] } } 1 .. 6;
my @running = map {
    my $args = $_;
    my $pid = open my $out, '-|';
    die "fork: $!" unless defined $pid;
    if (!$pid) {
        $t->{agent}->conn_cache({ total_capacity => 1 });    # not the parent's connection
        print $t->admin(POST => '/policy', $args)->{status};
        close STDOUT;
        require POSIX;
        POSIX::_exit(0);
    }
    $out;
} @race;
my @statuses = map { my $out = $_; 0 + <$out> } @running;
is_json([@statuses], [(204) x @race], 'all are done');
is_json((state_of())[0][2], [qw(Mail Portal)], 'what they asked for');

done_testing;
