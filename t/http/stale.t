# An upgrade of the schema changes what a prepared statement returns. PostgreSQL then refuses the cached plans of
# connections, and each request is repeated once, unnoticed by the client.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('stale');
my $user = $t->make(Users => userName => 'u');
my $group = $t->make(Groups => displayName => 'g', members => [{ value => $user }]);
my $n = 0;
my %ask = (
    'GET'            => [200, sub { GET => "/Users/$user" }],
    'list'           => [200, sub { GET => '/Groups' }],
    'filter'         => [200, sub { GET => '/Users?filter=title%20eq%20%22x%22' }],
    'count'          => [200, sub { GET => '/Users?count=0' }],
    'POST'           => [201, sub { POST => '/Users', { schemas => [$USER], userName => 'new' . ++$n } }],
    'PUT'            => [200, sub { PUT => "/Users/$user", { schemas => [$USER], userName => 'u' } }],
    'PATCH'          => [200, sub { PATCH => "/Users/$user", { schemas => [$PATCH],
        Operations => [{ op => 'replace', path => 'title', value => 't' . ++$n }] } }],
    'PATCH of group' => [204, sub { PATCH => "/Groups/$group", { schemas => [$PATCH],
        Operations => [{ op => 'add', path => 'members', value => [{ value => $user }] }] } }],
    'DELETE'         => [204, sub { DELETE => '/Users/' . $t->make(Users => userName => 'gone' . ++$n) }],
    'not found'      => [404, sub { GET => '/Users/none' }],
    'bad request'    => [400, sub { POST => '/Users', '{' }],
);

# One request on each of many connections.
sub together {
    my (@requests) = @_;
    my @sockets = map { my $socket = connect_httpd(); print $socket $t->raw_request(@$_); $socket } @requests;
    return join ' ', sort map { read_reply($_)->{status} } @sockets;
}
sub requests { my $make = shift; return map { [$make->()] } 1 .. 12 }

# `authenticate` returns the column, so every request is affected.
sub rename_type { sql("alter table scim.token alter column name type $_[0]") }

for my $name (sort keys %ask) {
    my ($status, $make) = @{ $ask{$name} };
    together(requests($make)) for 1 .. 2;
    my @requests = requests($make);
    rename_type('varchar');
    is(together(@requests), join(' ', ($status) x @requests), "$name, after the first change");
    @requests = requests($make);
    rename_type('text');
    is(together(@requests), join(' ', ($status) x @requests), "$name, after the second change");
}

# httpd closes idle connections when all its threads are busy, as they just were.
$t->{agent}->conn_cache->drop;

# If an upgrade has removed something, that is a temporary error and not the request's: httpd is about to be restarted.
for my $case (['a column', 'table scim.membership rename column member_type to gone', 'table scim.membership rename column gone to member_type'],
    ['a table', 'table scim.membership rename to gone', 'table scim.gone rename to membership']) {
    my ($name, $away, $back) = @$case;
    my @ask = (PATCH => "/Groups/$group", { schemas => [$PATCH],
        Operations => [{ op => 'add', path => 'members', value => [{ value => $t->make(Users => userName => 'm' . ++$n) }] }] });
    sql("alter $away");
    my $res = $t->request(@ask);
    sql("alter $back");
    is_error($res, 503, undef, 'The database is not available. Try again later.', "without $name");
    is($res->{headers}->header('Retry-After'), 5, "without $name: Retry-After");
    is($t->request(@ask)->{status}, 204, "with $name again");
}
done_testing;
