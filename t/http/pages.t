# Totals that are exact without being counted, and pages that cost the same wherever they are.
use strict;
use warnings;
use utf8;
use IPC::Open2;
use POSIX ();
use Test::More;
use URI::Escape 'uri_escape_utf8';
use ScimTest;

my $t     = ScimTest->new('pages');
my $other = ScimTest->new('pages-other');

# psql with a transaction of its own; each call runs statements and returns what they print.
sub session {
    my $pid = open2(my $out, my $in, "$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -q -A -t -v ON_ERROR_STOP=1));
    return sub {
        print {$in} "$_[0];\nselect 'done';\n";
        $in->flush;
        my $text = '';
        while (defined(my $line = readline $out)) {
            last if $line eq "done\n";
            $text .= $line;
        }
        return $text;
    };
}

sub total { $_[0]->request(GET => $_[1])->{json}{totalResults} }
sub tenant_is { "tenant = '" . $_[0]->tenant . "'" }
sub stored { sql("select count(*) from scim.resource where deleted_at is null and " . tenant_is($_[0]) . ($_[1] ? " and type = '$_[1]'" : '')) }

# What is told, without counting, is what is there.
sub is_total {
    my ($s, $expected, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is(total($s, '/Users?count=0'), $expected, "$name: told");
    is(stored($s, 'User'), $expected, "$name: stored");
    is(sql("select sum(n) from scim.tally where type = 'User' and " . tenant_is($s)), $expected, "$name: tallied");
}

# --- totals without a filter -----------------------------------------------------------------------------------------

is(total($t, '/Users?count=0'), 0, 'nothing is there');
my @users = map { $t->make(Users => userName => "user$_", externalId => "ext$_", title => $_ % 2 ? 'odd' : 'even') } 1 .. 10;
my $group = $t->make(Groups => displayName => 'group', members => [{ value => $users[0] }]);
is_total($t, 10, 'created');
is(total($t, '/Users?count=1'), 10, 'a page with more behind it');
is(total($t, '/Users?startIndex=11'), 10, 'a page behind the end');
is(total($t, '/Groups?count=0'), 1, 'groups');
is(total($t, '?count=0'), 11, 'all types');
is(total($t, '?count=1'), 11, 'a page of all types');
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'USER1' })->{status}, 409, 'a userName that is taken');
is_total($t, 10, 'refused');
$t->patch("/Users/$users[1]", [{ op => 'replace', path => 'displayName', value => 'x' }]);
$t->request(PUT => "/Users/$users[1]", { schemas => [$USER], userName => 'user2', title => 'even', externalId => 'ext2' });
is_total($t, 10, 'changed');
is($t->request(DELETE => "/Users/$users[$_]")->{status}, 204, 'deleted') for 8, 9;
is($t->request(DELETE => "/Users/$users[9]")->{status}, 404, 'deleted again');
is_total($t, 8, 'deleted');
is($t->make(Users => userName => 'user9', externalId => 'ext9', title => 'odd'), $users[8], 'restored under its id');
is_total($t, 9, 'restored');

my $bulk = $t->request(POST => '/Bulk', { schemas => ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations => [
    (map { { method => 'POST', path => '/Users', bulkId => "b$_", data => { schemas => [$USER], userName => "bulk$_" } } } 1 .. 5),
    { method => 'POST', path => '/Users', bulkId => 'taken', data => { schemas => [$USER], userName => 'bulk1' } },
    { method => 'DELETE', path => "/Users/$users[8]" } ] });
is(join(' ', map { $_->{status} } @{ $bulk->{json}{Operations} }), '201 201 201 201 201 409 204', 'a bulk request');
is_total($t, 13, 'bulk');
is(total($other, '/Users?count=0'), 0, 'another tenant has none of it');

my $open = session();
$open->("begin; insert into scim.resource (tenant, type, id, doc)
    select '@{[$t->tenant]}', 'User', gen_random_uuid(), '{}' from generate_series(1, 700)");
is(total($t, '/Users?count=0'), 13, 'what is not committed does not count');
$open->('rollback');
is_total($t, 13, 'rolled back');
$open->("begin; insert into scim.resource (tenant, type, id, doc)
    select '@{[$t->tenant]}', 'User', gen_random_uuid(), '{}' from generate_series(1, 700)");
$open->("select scim.fold_tally('@{[$t->tenant]}')");
is(total($t, '/Users?count=0'), 13, 'a fold that is not committed hides nothing');
sql("select scim.fold_tally('@{[$t->tenant]}')");
$open->('commit');
is_total($t, 713, 'committed');
my $tallies = "select count(*) from scim.tally where " . tenant_is($t);
cmp_ok(sql($tallies), '<', 20, 'who finds many rows of the tally folds them');
sql("delete from scim.resource where doc = '{}' and " . tenant_is($t));
is_total($t, 13, 'rows removed');

# Many at once, and someone who folds all the time: no error, no one is lost.
my @writers = map {
    my $n = $_;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        $t->{agent} = LWP::UserAgent->new(keep_alive => 1, timeout => 30);
        my @status = map { $t->request(POST => '/Users', { schemas => [$USER], userName => "writer$n-$_" }) } 1 .. 40;
        my @gone   = map { $t->request(DELETE => "/Users/$status[$_]{json}{id}") } grep { $_ % 2 } 0 .. 39;
        POSIX::_exit((grep({ $_->{status} != 201 } @status) || grep({ $_->{status} != 204 } @gone)) ? 1 : 0);
    }
    $pid;
} 1 .. 4;
for (1 .. 20) {
    $open->("select scim.fold_tally('@{[$t->tenant]}')");
    my $n = total($t, '/Users?count=0');
    cmp_ok($n, '>=', 13, "while others write: $n");
}
is(do { waitpid $_, 0; $? }, 0, 'a writer was never refused') for @writers;
is_total($t, 13 + 4 * 20, 'after all writers');

# --- totals with a filter --------------------------------------------------------------------------------------------

sub by { '/Users?count=1&filter=' . uri_escape_utf8($_[0]) }
# Changes that no trigger sees show what is remembered.
sub sneak {
    $open->("begin; set local session_replication_role = replica; insert into scim.resource (tenant, type, id, doc)
        values ('@{[$t->tenant]}', 'User', gen_random_uuid(), '{\"title\": \"odd\"}'); commit");
}
my $odd = by('title eq "odd"');
is(total($t, $odd), 4, 'counted');
sneak();
is(total($t, $odd), 4, 'remembered');
is(total($t, '/Users?count=0&filter=' . uri_escape_utf8('title eq "odd"')), 4, 'remembered for count=0');
is(total($t, '/Users?startIndex=9&filter=' . uri_escape_utf8('title eq "odd"')), 4, 'remembered for a page behind the end');
is(total($t, '/Users?count=1&filter=' . uri_escape_utf8('title eq "even"')), 4, 'another filter');
$other->make(Users => userName => 'stranger', title => 'odd');
is(total($t, $odd), 4, 'another tenant changes nothing');
is(total($other, by('title eq "odd"')), 1, 'and has a total of its own');
$t->patch("/Users/$users[1]", [{ op => 'replace', path => 'displayName', value => 'y' }]);
is(total($t, $odd), 5, 'a change: counted again');
sneak();
is(total($t, $odd), 5, 'remembered again');
$t->request(POST => '/Users', { schemas => [$USER], userName => 'USER1' });
is(total($t, $odd), 5, 'what is refused is no change');
my $writer = session();
$writer->("begin; insert into scim.resource (tenant, type, id, doc)
    values ('@{[$t->tenant]}', 'User', gen_random_uuid(), '{\"title\": \"odd\"}')");
$t->patch("/Users/$users[1]", [{ op => 'replace', path => 'displayName', value => 'z' }]);
is(total($t, $odd), 6, 'counted while a transaction is open');
sneak();
is(total($t, $odd), 6, 'remembered while it is open');
$writer->('commit');
is(total($t, $odd), 8, 'counted when it is committed, though it is older than what was remembered');
sneak();
$writer->("select scim.fold_tally('@{[$t->tenant]}')");
is(total($t, $odd), 9, 'a fold makes it count again, which is no harm');

my $member = by(qq(groups.value eq "$group"));
$t->patch("/Groups/$group", [{ op => 'add', path => 'members', value => [{ value => $users[1] }] }]);
is(total($t, $member), 2, 'members of a group');
$t->patch("/Groups/$group", [{ op => 'add', path => 'members', value => [{ value => $users[2] }] }]);
is(total($t, $member), 3, 'one more');
$t->request(DELETE => "/Users/$users[2]");
is(total($t, $member), 2, 'one was deleted');

done_testing;
