# Lists as files: CSV, and one JSON object on each line, written page by page. And lists that wait for new items.
use strict;
use warnings;
use utf8;
use Test::More;
use Time::HiRes 'time';
use ScimTest;

my $t   = ScimTest->new('export')->unmasked;
my $own = $t->tenant;

my $count = 1203;
sql("insert into scim.resource (tenant, type, id, doc) select '$own', 'User', ('00000001-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid,
    jsonb_build_object('schemas', array ['$USER'], 'userName', 'u' || lpad(i::text, 5, '0'), 'displayName', case i when 1 then '=1+1' when 2 then E'a \"b\", c\\nd' else 'Ü' end)
    from generate_series(1, $count) i");

sub file { my ($path, $type, %more) = @_; my $res = $t->admin(GET => $path, undef, Accept => $type, %more); is($res->{status}, 200, "$path as $type") or diag $res->{body}; return $res }

# --- JSON lines ------------------------------------------------------------------------------------------------------------------

my $lines = file('/users', 'application/jsonl');
is($lines->{type}, 'application/jsonl', 'its type');
is($lines->{headers}->header('Content-Disposition'), 'attachment; filename="user.jsonl"', 'a file');
my @rows = split /\n/, $lines->{body};
is(scalar @rows, $count, 'all users, however many pages that are');
is_json([map { unjson($_)->{userName} } @rows], [map { sprintf 'u%05d', $_ } 1 .. $count], 'in the order of the list');
is_json(unjson($rows[0]), $t->admin(GET => '/users?limit=1')->{json}{items}[0], 'as the list has them');
is(scalar(split /\n/, file('/users?limit=7', 'application/x-ndjson')->{body}), 7, 'one page, where it is asked for');
is(file('/users?q=nobody', 'application/jsonl')->{body}, '', 'nothing');

# --- CSV ---------------------------------------------------------------------------------------------------------------------------

my $csv = file('/users?limit=3', 'text/csv');
is($csv->{type}, 'text/csv', 'its type');
my ($head) = $csv->{body} =~ /^(.*?)\r\n/;
my @columns = split /,/, $head;
is_json([@columns[0, 1, 2]], [qw(id userName displayName)], 'the first line names the columns');
like($csv->{body}, qr/,"u00001","'=1\+1",,/, 'what a spreadsheet would take for a formula has an apostrophe; no value is an empty cell');
like($csv->{body}, qr/,"u00002","a ""b"", c\nd",/, 'quotes and line ends');
like($csv->{body}, qr/,true,"active","scim","user",/, 'truth and texts');
is(() = (file('/users', 'text/csv')->{body} =~ /\r\n/g), $count + 1, 'all of them');
is_problem($t->admin(GET => '/users?role=king', undef, Accept => 'text/csv'), 400, $ANY, { role => $ANY }, 'a wrong argument is refused as ever');
is($t->admin(GET => '/roles/user', undef, Accept => 'text/csv')->{type}, 'application/json', 'what is no list is JSON');
is(file("$_?limit=2", 'text/csv')->{status}, 200, "as CSV: $_") for qw(/audit /activity /groups /tokens);

my @printed = split /\r\n/, scimctl(qw(user list --csv --tenant), $own);
is(scalar @printed, $count + 1 - 0, 'scimctl user list --csv');
is(scalar(split /\n/, scimctl(qw(user list --jsonl --tenant), $own)), $count, 'and --jsonl');
is(scalar(split /\n/, scimctl(qw(user list --jsonl --limit 5 --tenant), $own)), 5, 'and one page');

# --- waiting for new items -------------------------------------------------------------------------------------------------------

$t->request(GET => '/Users?count=1');
my $newest;
ok(eventually(sub { ($newest) = map { $_->{id} } @{ $t->admin(GET => '/activity?limit=1')->{json}{items} } }), 'a request');
is_json($t->admin(GET => "/activity?newer=$newest")->{json}{items}, [], 'nothing is newer');
my $began = time;
is_json($t->admin(GET => "/activity?newer=$newest&wait=2")->{json}{items}, [], 'nothing comes');
cmp_ok(time - $began, '>=', 1, 'after a wait');
cmp_ok(time - $began, '<', 6, 'of two seconds');
my $pid = fork // die;
if (!$pid) {
    select undef, undef, undef, 1.5;
    my $child = bless { %$t, agent => LWP::UserAgent->new }, ref $t;
    $child->request(GET => '/Users/nobody');
    require POSIX;
    POSIX::_exit(0);
}
$began = time;
my $news = $t->admin(GET => "/activity?newer=$newest&wait=20");
cmp_ok(time - $began, '<', 15, 'as soon as something comes');
is_json([map { $_->{path} } @{ $news->{json}{items} }], ['/Users/nobody'], 'it is told');
waitpid $pid, 0;
is_problem($t->admin(GET => '/activity?wait=500'), 400, $ANY, { wait => $ANY }, 'not for ever');
like(scimctl(qw(activity list --newer), $newest, qw(--wait 1 --columns path --tenant), $own), qr{^/Users/nobody$}m, 'scimctl activity list --newer');

done_testing;
