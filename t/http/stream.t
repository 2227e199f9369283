# Groups with many members: the answers are exact, and neither httpd's memory nor the time for which a database
# connection is used grows with them.
use strict;
use warnings;
use utf8;
use Encode 'encode';
use Socket;
use Test::More;
use Time::HiRes qw(time sleep);
use ScimTest;

my $t     = ScimTest->new('stream');
my $work  = $ENV{SCIM_TEST_WORK};
my $MANY  = 10_000;
my @parts = qw(value $ref type display);

# Users whose names need escapes; groups of $MANY, 500, 501, 10 and no members; one has a group as a member.
sql(<<"SQL");
insert into scim.resource (tenant, type, id, doc)
select '$t->{tenant}', 'User', ('00000001-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid,
       jsonb_build_object('schemas', array ['$USER'], 'userName', 'user' || i)
           || case when i % 3 = 0 then '{}' else jsonb_build_object('displayName', E'Ü "\\\\ /\\n' || i) end
  from generate_series(1, 20000) i;
insert into scim.resource (tenant, type, id, doc)
select '$t->{tenant}', 'Group', ('00000002-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
       jsonb_build_object('schemas', array ['$GROUP'], 'displayName', 'G' || n)
  from unnest(array [0, 10, 500, 501, $MANY, 20000]) n;
insert into scim.membership (tenant, group_id, member_id, member_type)
select '$t->{tenant}', ('00000002-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
       ('00000001-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, 'User'
  from unnest(array [10, 500, 501, $MANY, 20000]) n, generate_series(1, n) i;
insert into scim.membership (tenant, group_id, member_id, member_type)
values ('$t->{tenant}', '00000002-0000-7000-8000-000000010000', '00000002-0000-7000-8000-000000000010', 'Group');
SQL
sql("vacuum analyze scim.$_") for qw(resource membership);

sub group { sprintf '00000002-0000-7000-8000-%012d', $_[0] }

# A JSON string as the server writes it.
sub quoted {
    my ($text) = @_;
    my %short = ("\n" => '\n', '"' => '\"', '\\' => '\\\\');
    $text =~ s/([\n"\\])/$short{$1}/g;
    return encode 'UTF-8', "\"$text\"";
}

# The members of a group as in an answer, with the wanted parts of each.
sub members {
    my ($n, @wanted) = @_;
    my %wanted = map { $_ => 1 } @wanted ? @wanted : @parts;
    my @members = map { {
        value => sprintf('00000001-0000-7000-8000-%012d', $_), type => 'User', display => $_ % 3 ? qq(Ü "\\ /\n$_) : "user$_" } } 1 .. $n;
    push @members, { value => group(10), type => 'Group', display => 'G10' } if $n == $MANY;
    return join ',', map {
        my %member = (%$_, '$ref' => $t->url . "/$_->{type}s/$_->{value}");
        '{' . join(',', map { qq("$_":) . quoted($member{$_}) } grep { $wanted{$_} } @parts) . '}' } @members;
}

sub meta {
    my ($n) = @_;
    my $times = sql("select to_char(created at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') || ' ' ||
        to_char(last_modified at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')
        from scim.resource where tenant = '$t->{tenant}' and id = '@{[group($n)]}'");
    my ($created, $modified) = split / /, $times;
    return qq("meta":{"resourceType":"Group","created":"$created","lastModified":"$modified","location":")
        . $t->url . "/Groups/@{[group($n)]}\",\"version\":\"W/\\\"1\\\"\"}";
}

# The expected answer for a group; the document is spelled as PostgreSQL stores it, or as a projection writes it.
sub full { my ($n, $members) = @_; my $list = $members // members($n);
    return qq({"id":"@{[group($n)]}","schemas": ["$GROUP"], "displayName": "G$n",) . ($list ? qq("members":[$list],) : '') . meta($n) . '}' }
sub projected { my ($n, @rest) = @_; return qq({"id":"@{[group($n)]}",) . join(',', qq("schemas":["$GROUP"]), @rest) . '}' }

sub same {
    my ($res, $bytes, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is($res->{status}, 200, "$name: status") or diag substr $res->{body}, 0, 300;
    is($res->{headers}->header('Content-Length'), length $bytes, "$name: length");
    return ok(1, "$name: bytes") if $res->{body} eq $bytes;
    my ($at) = grep { substr($res->{body}, $_, 1) ne substr $bytes, $_, 1 } 0 .. length $bytes;
    ok(0, "$name: bytes");
    return diag "at $at: got ", substr($res->{body}, $at > 40 ? $at - 40 : 0, 120), "\nexpected ", substr $bytes, $at > 40 ? $at - 40 : 0, 120;
}

# An answer without parsing its JSON, which would take longer than everything else here.
sub fetch {
    my ($method, $path, %headers) = @_;
    my $base = delete $headers{':base'} // $t->{base};
    my $answer = $t->{agent}->request(HTTP::Request->new($method, "http://127.0.0.1:$ScimTest::PORT$base$path",
        [Authorization => "Bearer $t->{token}", %headers]));
    return { status => $answer->code, headers => $answer->headers, body => $answer->content };
}
# The number of members of each group in an answer, in order.
sub counts { my (undef, @each) = split /\{"id":/, $_[0]{body}; return [map { scalar(() = /"value":/g) } @each] }

sub path { my ($n, $query) = @_; return '/Groups/' . group($n) . ($query ? "?$query" : '') }

# Each size, and each projection
for my $n (0, 10, 500, 501, $MANY) {
    same(fetch(GET => path($n)), $n ? full($n) : full($n) =~ s/("displayName": "G0",)/$1"members":[],/r, "$n members");
    same(fetch(GET => path($n, 'attributes=displayName,members.value')),
        projected($n, qq("displayName":"G$n"), '"members":[' . ($n ? members($n, 'value') : '') . ']'), "$n members, value alone");
}
same(fetch(GET => path($MANY, 'attributes=members')), projected($MANY, '"members":[' . members($MANY) . ']'), 'members alone');
same(fetch(GET => path($MANY, 'attributes=members.$ref,members.display,meta.version')),
    projected($MANY, '"members":[' . members($MANY, '$ref', 'display') . ']', '"meta":{"version":"W/\"1\""}'), 'two parts, and meta');
same(fetch(GET => path($MANY, 'excludedAttributes=members.display,members.$ref,meta')),
    projected($MANY, qq("displayName":"G$MANY"), '"members":[' . members($MANY, 'value', 'type') . ']'), 'two parts excluded');
same(fetch(GET => path($MANY, 'excludedAttributes=members')), projected($MANY, qq("displayName":"G$MANY"), meta($MANY)), 'none');
same(fetch(GET => path($MANY, 'excludedAttributes=' . join ',', map { "members.$_" } @parts)),
    projected($MANY, qq("displayName":"G$MANY"), meta($MANY)), 'all parts excluded');
my $head = fetch(HEAD => path($MANY));
is($head->{headers}->header('Content-Length'), length full($MANY), 'HEAD tells the length');
is($head->{body}, '', 'and no more');

# Conditions
my $res = fetch(GET => path($MANY), 'If-None-Match' => 'W/"1"');
is_empty($res, 304, 'the same version');
is($res->{headers}->header('ETag'), 'W/"1"', 'its tag');
same(fetch(GET => path($MANY), 'If-None-Match' => 'W/"2"'), full($MANY), 'another version');
is_error($t->request(GET => path($MANY), undef, 'If-Match' => 'W/"2"'), 412, undef, undef, 'If-Match');

# Pages, and the root
my @sizes = (0, 10, 500, 501, $MANY, 20000);
my $list = sub { my ($total, $start, @n) = @_;
    qq({"schemas":["urn:ietf:params:scim:api:messages:2.0:ListResponse"],"totalResults":$total,"startIndex":$start,"itemsPerPage":)
        . @n . ',"Resources":[' . join(',', map { full($_) } @n) . ']}' };
same(fetch(GET => '/Groups'), $list->(6, 1, @sizes), 'a page of groups');
same(fetch(GET => '/Groups?startIndex=2&count=3'), $list->(6, 2, @sizes[1 .. 3]), 'a page in the middle');
same(fetch(GET => '/Groups?startIndex=5&count=1'), $list->(6, 5, $MANY), 'a page of one');
same(fetch(GET => '/Groups?filter=displayName%20eq%20%22G501%22'), $list->(1, 1, 501), 'a filter');
same(fetch(GET => '?filter=meta.resourceType%20eq%20%22Group%22'), $list->(6, 1, @sizes), 'the root');
same(fetch(GET => '/Groups?count=0'), $list->(6, 1), 'no page');
$res = $t->request(GET => '?count=8&filter=id%20eq%20%22' . group($MANY) . '%22%20or%20userName%20eq%20%22user7%22');
is($res->{json}{totalResults}, 2, 'a group and a user');
is_json([map { scalar @{ $_->{members} // [] } } @{ $res->{json}{Resources} }], [$MANY + 1, 0], 'the group with its members');
is(scalar @{ $res->{json}{Resources}[1]{groups} }, 5, 'the user with his groups');
is_json(counts(fetch(GET => '/Groups?attributes=members.value')), [0, 10, 500, 501, $MANY + 1, 20000], 'a projected page');

# Writes whose answer has the members
my $id = $t->make(Groups => displayName => 'written', members => [map { { value => sprintf '00000001-0000-7000-8000-%012d', $_ } } 1 .. 3000]);
my $ids = sub { [map { $_->{value} } @{ $_[0]{json}{members} // [] }] };
$res = $t->patch("/Groups/$id?attributes=members", [{ op => 'remove', path => 'members[value eq "00000001-0000-7000-8000-000000000001"]' }]);
is_json($ids->($res), $t->stored_members($id), 'PATCH of members');
$res = $t->patch("/Groups/$id?attributes=members", [{ op => 'replace', path => 'displayName', value => 'rewritten' }]);
is_json($ids->($res), $t->stored_members($id), 'PATCH of the name');
$res = $t->request(PUT => "/Groups/$id", { schemas => [$GROUP], displayName => 'put', members => $res->{json}{members} });
is_json($ids->($res), $t->stored_members($id), 'PUT');
is(scalar @{ $ids->($res) }, 2999, 'all of them');

# Without disk space: a read fails, and its error shows no internals; a write is done, and its error says so.
my @spool = (':base' => "/spool/v2/$t->{tenant}");
my $unable = qr/^The answer is long, and there is no room for it now\.$/;
same(fetch(GET => path(10), @spool), full(10) =~ s{/scim/v2/}{/spool/v2/}gr, 'another directory');
is(fetch(GET => path($MANY), @spool)->{status}, 200, 'for what is long, too');
chmod 0500, "$work/spool";
SKIP: {
    skip 'this user may write everywhere', 1 if -w "$work/spool";
    $res = $t->request(GET => path($MANY), undef, @spool);
    is_error($res, 503, undef, $unable, 'a directory that nothing can be written to');
    like($res->{headers}->header('Retry-After') // '', qr/^[1-9]\d*$/, 'Retry-After');
    ok((log_lines('error_log', qr/\[scim:error\].*\Q$t->{tenant}\E.*$work\/spool: .*ScimSpoolDir/))[0], 'the log tells why');
    is_error($t->request(GET => '/Groups', undef, @spool), 503, undef, $unable, 'a page');
    is(fetch(GET => path(10), @spool)->{status}, 200, 'what is short needs none');
    $res = $t->patch("/Groups/$id?attributes=members,displayName", [{ op => 'replace', path => 'displayName', value => 'no room' }], @spool);
    is($res->{status}, 200, 'a write is done');
    is_json([@{ $res->{json} }{qw(displayName members)}], ['no room', undef], 'and answered without the members');
    is($t->row($id)->{doc}{displayName}, 'no room', 'it is stored');
}
chmod 0700, "$work/spool";
same(fetch(GET => path($MANY), @spool), full($MANY) =~ s{/scim/v2/}{/spool/v2/}gr, 'there is room again');

# Clients that disappear, and slow clients: no file and no connection is left.
my @children = do { open my $f, '<', "$work/t/logs/httpd.pid" or die; chomp(my $p = <$f>);
    grep { my $of; if (open my $s, '<', "/proc/$_/stat") { ($of) = <$s> =~ /^\d+ \(.*\) \S (\d+)/ } ($of // 0) == $p } map { m{(\d+)$} } glob '/proc/[0-9]*' };
sub deleted_files { return scalar grep { /scim\.\w{6} \(deleted\)$/ } map { readlink($_) // '' } map { glob "/proc/$_/fd/*" } @children }
sub asking {
    socket my $s, PF_INET, SOCK_STREAM, 0 or die "socket: $!";
    setsockopt $s, SOL_SOCKET, SO_RCVBUF, 4096;
    connect $s, pack_sockaddr_in($ScimTest::PORT, inet_aton('127.0.0.1')) or die "connect: $!";
    (my $bytes = $t->raw_request(GET => $_[0] // path(20000))) =~ s/^Host: .*?\r\n/Host: narrow.test\r\n/m;
    syswrite $s, $bytes;
    return $s;
}
my $narrow = sub { my $s = connect_httpd(); (my $ask = $t->raw_request(GET => path(10))) =~ s/^Host: .*?\r\n/Host: narrow.test\r\n/m;
    print $s $ask; return 0 + read_reply($s)->{status} };
my @slow = map { my $s = asking(); sysread $s, my $begin, 500; [$s, $begin // ''] } 1 .. 6;
is(scalar(grep { $_->[1] =~ m{^HTTP/1\.1 200 }m } @slow), 6, 'six slow readers');
is(deleted_files(), 6, 'each has a file that nobody else finds');
my $start = time;
is_json([map { $narrow->() } 1 .. 4], [(200) x 4], 'they hold no database connection');
cmp_ok(time - $start, '<', 2, 'and nobody waits for them');
for (@slow) {
    setsockopt $_->[0], SOL_SOCKET, SO_LINGER, pack 'll', 1, 0;
    close $_->[0];
}
ok(eventually(sub { deleted_files() == 0 }, 10), 'when they are gone, so are their files');
for (1 .. 4) { my $s = asking(); sleep 0.02 * $_; setsockopt $s, SOL_SOCKET, SO_LINGER, pack 'll', 1, 0; close $s }
is_json([map { $narrow->() } 1 .. 4], [(200) x 4], 'gone while the group was read');
ok(eventually(sub { deleted_files() == 0 }, 10), 'nothing of it is left');
is(sql("select count(*) from pg_stat_activity where usename = 'scim_web' and state like 'idle in%'"), 0, 'no transaction either');
is_json([glob "$work/spool/* $work/tmp/scim.??????"], [], 'no file has a name');

# A page has several pieces of one file. A slow client gets all of them.
{
    my $page = fetch(GET => '/Groups', Host => 'narrow.test')->{body};
    my $s = asking('/Groups');
    my ($answer, $read) = ('', 0);
    for (my $rounds = 0; !$rounds || $read; $rounds++) {
        sleep 0.2 if $rounds < 5;
        $read = sysread $s, $answer, 65536, length $answer;
        last if $answer =~ /\r\n\r\n/g && length($answer) - pos($answer) >= length $page;
    }
    (my $body = $answer) =~ s/^.*?\r\n\r\n//s;
    is(length $body, length $page, 'a slow reader of several groups: length');
    ok($body eq $page, 'and bytes');
}

# Reading the members takes longer than a statement may: they arrive nevertheless, as long as some arrive in time.
sub timeouts { open my $log, '<', "$work/pg.log" or die "pg.log: $!"; return scalar grep {/canceling statement due to statement timeout/} <$log> }
sql("insert into scim.resource (tenant, type, id, doc) select '$t->{tenant}', 'Group', ('00000003-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
    jsonb_build_object('schemas', array ['$GROUP'], 'displayName', 'Long' || n) from generate_series(1, 10) n");
sql("insert into scim.membership (tenant, group_id, member_id, member_type) select '$t->{tenant}', ('00000003-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
    ('00000001-0000-7000-8000-' || lpad(i::text, 12, '0'))::uuid, 'User' from generate_series(1, 10) n, generate_series(1, 20000) i");
for my $ask ('/Groups?filter=displayName%20sw%20%22Long%22', '?filter=displayName%20sw%20%22Long%22', path(20000)) {
    my $over = timeouts();
    my $whole = fetch(GET => $ask, Host => 'patient.test')->{body} =~ s/patient\.test/brief.test/gr;
    same(fetch(GET => $ask, Host => 'brief.test'), $whole, "in a brief time: $ask");
    cmp_ok(timeouts(), '>', $over, 'which is over before all have come') if $ask =~ /Long/;
}
{
    my $over = timeouts();
    is(fetch(GET => path(20000, 'excludedAttributes=members'), Host => 'brief.test')->{status}, 200, 'without members');
    is(timeouts(), $over, 'none of that');
}
sql("delete from scim.membership where tenant = '$t->{tenant}' and group_id::text like '00000003-%'");

# Memory: a group of 20,000, several times.
sub resident { my $most = 0;
    for my $child (@children) { open my $f, '<', "/proc/$child/status" or next; /^RssAnon:\s+(\d+)/ && $1 > $most && ($most = $1) while <$f> }
    return $most }
my $length = length fetch(GET => path(20000))->{body};
cmp_ok($length, '>', 3_500_000, 'a long answer');
fetch(GET => path(20000)) for 1 .. 6;
my $before = resident();
fetch(GET => path(20000)) for 1 .. 12;
my $grown = resident() - $before;
# AddressSanitizer delays freeing memory; a leak of twelve answers would still be larger.
cmp_ok($grown, '<', $ENV{SCIM_ASAN} ? 30_000 : 2000, 'memory does not grow with requests') or diag "grown by $grown KiB from $before";

done_testing;
