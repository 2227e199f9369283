# Colliding keys: for a hash that multiplies by 33, as APR's does, a client can make any number of them. A request with
# such keys costs about as much as one with other keys.
use strict;
use warnings;
use ScimCost;
use ScimTest;
use Test::More;

my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $t = ScimTest->new('tables');

# A test of CPU time needs a long timeout on a busy machine.
sub ask { return $t->request(@_, ':host' => 'patient.test') }
# JSON with LIST replaced by the JSON text of a list.
sub with { my ($json, $list) = @_; return json($json) =~ s/"LIST"/$list/r }
sub patching { return { schemas => [$PATCH], Operations => [@_] } }

my %keys = (
    chosen  => sub { colliding($_[0], 34) },    # all of one hash
    various => sub { sprintf 'x%033d', $_[0] }, # each of another
);

# httpd's CPU time for `$ask` with a list of values with colliding keys; its result must be the same as with other keys.
sub compare {
    my ($name, $count, $outcome, $ask) = @_;
    my %spent;
    for my $kind (sort keys %keys) {
        my $list = '[' . join(',', map { '{"value":"' . $keys{$kind}->($_) . '"}' } 1 .. $count) . ']';
        my $status;
        ($spent{$kind}) = cpu_of(sub { $status = $ask->($list, $kind)->{status} });
        is($status, $outcome, "$name, $kind keys");
    }
    return cmp_ok($spent{chosen}, '<', 3 * $spent{various} + 0.2, sprintf '%s: %.2f s of CPU, otherwise %.2f', $name, @spent{'chosen', 'various'});
}

# --- members ---
my $group = $t->make(Groups => displayName => 'g');
for (
    ['POST', 400, POST => '/Groups', { schemas => [$GROUP], displayName => 'h', members => 'LIST' }],
    ['PUT', 400, PUT => "/Groups/$group", { schemas => [$GROUP], displayName => 'g', members => 'LIST' }],
    ['PATCH add', 400, PATCH => "/Groups/$group", patching({ op => 'add', path => 'members', value => 'LIST' })],
    ['PATCH add, no path', 400, PATCH => "/Groups/$group", patching({ op => 'add', value => { members => 'LIST' } })],
    ['PATCH replace', 400, PATCH => "/Groups/$group", patching({ op => 'replace', path => 'members', value => 'LIST' })],
    ['PATCH remove', 204, PATCH => "/Groups/$group", patching({ op => 'remove', path => 'members', value => 'LIST' })])
{
    my ($name, $outcome, $method, $path, $body) = @$_;
    compare("members, $name", 40_000, $outcome, sub { ask($method, $path, with($body, $_[0])) });
}
is($t->row($group)->{version}, 1, 'nothing was changed');

# --- lists of values ---
for my $list ('emails', 'phoneNumbers') {
    my $name = "$list-put";
    my $id   = $t->make(Users => userName => $name);
    compare("$list, PUT", 9000, 200,
        sub { ask(PUT => "/Users/$id?attributes=id", with({ schemas => [$USER], userName => $name, $list => 'LIST' }, $_[0])) });
    # Each operation of a short request searches a long stored list.
    for my $op ('add', 'remove') {
        my @short = map { { op => $op, path => $list, value => [{ value => "new$_" }] } } 1 .. 40;
        compare("$list, PATCH $op", 9000, 200, sub {
            my ($values, $kind) = @_;
            my $user = ask(POST => '/Users?attributes=id', with({ schemas => [$USER], userName => "$list-$op-$kind", $list => 'LIST' }, $values));
            return ask(PATCH => "/Users/$user->{json}{id}?attributes=id", patching(@short));
        });
    }
}

# --- Bulk ---
compare('bulkIds', 1000, 200, sub {
    my ($list) = @_;
    my @operations = map { { method => 'POST', path => '/Nowhere', bulkId => $_, data => {} } } $list =~ /"value":"([^"]+)"/g;
    return ask(POST => '/Bulk', { schemas => [$BULK], Operations => \@operations });
});

done_testing();
