# Activity: one row for each provisioning request, in words for the identity provider's administrator, without secrets.
use strict;
use warnings;
use utf8;
use Test::More;
use URI ();
use URI::Escape 'uri_escape_utf8';
use ScimTest;

my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $t = ScimTest->new('activity')->unmasked;
my $other = ScimTest->new('activity-other');
my $tenant = $t->tenant;
my $key = substr $t->{token}, 5, 10;

# Activity is written within a second; all of it, newest first.
sub activity {
    my ($of, $count, $query) = @_;
    my $list;
    eventually(sub { $list = $of->admin(GET => '/activity?limit=500' . ($query // ''))->{json}{items}; @$list >= $count });
    return $list;
}
my $seen = 0;
# The rows of the requests since the last call; the argument is their number.
sub news {
    my ($count) = @_;
    my $list = activity($t, $seen + $count);
    is(scalar @$list, $seen + $count, "$count more");
    $seen = @$list;
    return @$list[0 .. $count - 1];
}
sub show { $t->admin(GET => "/activity/$_[0]{id}")->{json} }
sub entry { my ($method, $path, $status, $type, $reason, %more) = @_;
    my ($about, $id) = $path =~ m{^/(User)s(?:/([0-9a-f-]{36}))?(?:\?.*)?$}i;
    return { resourceType => $about || $path =~ m{^/Users/} ? 'User' : undef, resourceId => $id, leniencies => [], id => qr/^\d{16}-\d+$/, at => $TIME, tokenId => $key, tokenName => 'test', method => $method, path => $path, status => $status,
        outcome => $status < 400 ? 'done' : $status < 500 ? 'refused' : 'failed', scimType => $type, reason => $reason, duration => $ANY,
        request => qr/^[\w@-]{27}$/, address => '127.0.0.1', object => defined $id ? 'kim' : undef, dryRun => false, %more } }
# Compares numbers as numbers.
sub told { my ($got, @expected) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $name = pop @expected;
    my %got = %$got;
    cmp_ok($got{duration}, '>', 0, "$name: duration");
    is_json({ %got, duration => 'some' }, entry(@expected), $name) }

# --- the rows ---
my $kim = $t->make(Users => userName => 'kim');
my ($row) = news(1);
told($row, 'POST', '/Users', 201, undef, undef, object => 'kim', resourceId => $kim, 'a user is made');
is(sql("select count(*) from scim.audit where tenant = '$tenant' and request = '$row->{request}' and object_name = 'kim'"), 1, 'the audit log has the same request');
is(sql("select count(*) from scim.activity a join scim.audit u on u.tenant = a.tenant and u.xmin = a.xmin where a.tenant = '$tenant'"), 1, 'written in the same transaction');
is_json(show($row), { %$row, bodyLength => undef, body => undef, changes => undef }, 'one row, without its body');

for ([200, GET => "/Users/$kim", undef, undef, 'a read'],
     [200, GET => '/Users?filter=' . uri_escape_utf8('userName eq "kim"'), undef, undef, 'a list'],
     [404, GET => '/Users/nobody', undef, 'User "nobody" does not exist.', 'what is not there'],
     [400, GET => '/Users?filter=userName+qe+1', 'invalidFilter', $ANY, 'a bad filter'],
     [404, GET => '/Nothing', undef, $ANY, 'no endpoint'],
     [405, DELETE => '/Users', undef, $ANY, 'no such method']) {
    my ($status, $method, $path, $type, $reason, $name) = @$_;
    is($t->request($method => $path)->{status}, $status, $name);
    told((news(1))[0], $method, $path, $status, $type, $reason, $name);
}
$t->request(POST => '/Users', { schemas => [$USER], userName => 'KIM' });
told((news(1))[0], 'POST', '/Users', 409, 'uniqueness', 'userName is already used by another User. Match that user instead of creating it again, or send another userName.', object => 'KIM', 'a conflict');
$t->request(POST => '/Users', { schemas => [$USER], userName => 'x', roles => [{ value => 'boss' }] });
told((news(1))[0], 'POST', '/Users', 400, 'invalidValue', 'Role not found: boss. The roles here are: administrator, office-admin, user, read-only, summary-only. Correct the mapping of roles in the identity provider, or let an administrator add the role here.', object => 'x', 'a role that is none');
$t->request(POST => '/Users', '{"schemas":');
told((news(1))[0], 'POST', '/Users', 400, 'invalidSyntax', $ANY, 'no JSON');
$t->patch("/Users/$kim", [{ op => 'replace', path => 'title', value => 'Boss' }]);
told((news(1))[0], 'PATCH', "/Users/$kim", 200, undef, undef, 'a change');
$t->request(PUT => "/Users/$kim", { schemas => [$USER], userName => 'kim' }, 'If-Match' => 'W/"77"');
told((news(1))[0], 'PUT', "/Users/$kim", 412, undef, $ANY, object => 'kim', 'another version');
$t->request(POST => '/.search', { schemas => ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], count => 0 });
told((news(1))[0], 'POST', '/.search', 200, undef, undef, 'a search');
$t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [
    { method => 'POST', path => '/Users', bulkId => 'a', data => { schemas => [$USER], userName => 'lee' } },
    { method => 'DELETE', path => '/Users/nobody' }] });
is(sql("select count(*) from scim.activity where tenant = '$tenant' and path = '/Bulk'"), 1, 'Bulk is told before it is answered');
told((news(1))[0], 'POST', '/Bulk', 200, undef, '1 of 2 operations failed; the first one: 404 User "nobody" does not exist.', 'Bulk');
$t->request(GET => '/Schemas');
$t->request(GET => '/ServiceProviderConfig');

# --- wrong tokens ---
my ($head, $crc) = $t->{token} =~ /^(.*)(.{6})$/;
my $mistyped = substr($t->{token}, 0, 20) . 'x' . substr $t->{token}, 21;
$mistyped = substr($t->{token}, 0, 20) . 'y' . substr $t->{token}, 21 if $mistyped eq $t->{token};
is($t->request(GET => '/Users', undef, Authorization => "Bearer $mistyped")->{status}, 401, 'a mistyped token');
told((news(1))[0], 'GET', '/Users', 401, undef, qr/checksum is wrong/, 'which is known by its key id');
my $revoked = $t->new_token('old');
scimctl(qw(token revoke --tenant), $tenant, 'old');
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'x' }, Authorization => "Bearer $revoked")->{status}, 401, 'a revoked token');
told((news(1))[0], 'POST', '/Users', 401, undef, 'The token was revoked. Create another one and enter it at the identity provider.',
    tokenId => substr($revoked, 5, 10), tokenName => 'old', object => 'x', 'is told, without a body');
my $reader = $t->new_token('reader', '--read-only');
$t->request(DELETE => "/Users/$kim", undef, Authorization => "Bearer $reader");
told((news(1))[0], 'DELETE', "/Users/$kim", 403, undef, 'The token "reader" may only read. Use one that may write, or let an administrator allow it to this one.', tokenId => substr($reader, 5, 10), tokenName => 'reader', 'one that may only read');
is(sql("select count(last_used) from scim.token where tenant = '$tenant' and name in ('old', 'reader')"), 0, 'neither was used');
is_json(activity($other, 0), [], 'nothing of all that is for another tenant');

# --- the list ---
my @refused = @{ activity($t, 1, '&outcome=refused') };
is(scalar(grep { $_->{status} < 400 || $_->{status} > 499 } @refused), 0, 'what was refused');
is(scalar @refused, sql("select count(*) from scim.activity where tenant = '$tenant' and status between 400 and 499"), 'all of it');
is_json(activity($t, 0, '&outcome=failed'), [], 'nothing has failed');
is(scalar @{ activity($t, 1, '&outcome=done&method=patch') }, 1, 'a method');
is(scalar @{ activity($t, 1, '&token=old') }, 1, "a token's name");
is(scalar @{ activity($t, 1, "&token=" . substr $reader, 5, 10) }, 1, 'a key id');
is(scalar @{ activity($t, 1, '&status=409') }, 1, 'a status');
is(scalar @{ activity($t, 1, '&q=ROLE%20NOT') }, 1, 'words of a reason');
is(scalar @{ activity($t, 1, '&q=' . $row->{request}) }, 1, 'a request id');
is(scalar @{ activity($t, 1, '&q=/bulk') }, 1, 'a path');
my $french = ScimTest->new('activity-french')->unmasked;
$french->make(Groups => displayName => 'Équipe Łódź');
is(scalar @{ activity($french, 1, '&q=' . uri_escape_utf8($_)) }, 1, "a name, by $_") for qw(équipe equipe LODZ);
is_json(activity($t, 0, '&until=' . $row->{at}), [], 'before the first one');
is(scalar @{ activity($t, 1, '&since=' . $row->{at}) }, $seen, 'from the first one on');
my (@walked, $next);
do {
    my $page = $t->admin(GET => '/activity?limit=5' . (defined $next ? "&after=$next" : ''))->{json};
    push @walked, @{ $page->{items} };
    $next = $page->{next};
} while (defined $next);
is_json([map { $_->{id} } @walked], [map { $_->{id} } @{ activity($t, $seen) }], 'page by page');
my @failed;
do {
    my $page = $t->admin(GET => '/activity?outcome=refused&limit=2' . (defined $next ? "&after=$next" : ''))->{json};
    push @failed, @{ $page->{items} };
    $next = $page->{next};
} while (defined $next);
is_json([map { $_->{id} } @failed], [map { $_->{id} } @refused], 'what was refused, page by page');
is_problem($t->admin(GET => '/activity?outcome=bad'), 400, $ANY, { outcome => $ANY }, 'no such outcome');
is_problem($t->admin(GET => "/activity/$_"), 404, qq{There is no request "$_" in the activity log; its list shows the ids.}, { activity => $ANY }, "no id: $_")
    for '1', 'x-y', '99999999999999999999-1';
is_problem($t->admin(GET => '/activity?after=x'), 400, $ANY, { after => 'is not a valid page token; use the `next` value of a previous page.' }, 'a place that is none');
is_problem($t->admin(GET => '/activity/1-1'), 404, 'There is no request "1-1" in the activity log; old ones are removed.', { activity => $ANY }, 'none of that id');
is_problem($other->admin(GET => "/activity/$row->{id}"), 404, $ANY, { activity => $ANY }, "another tenant's");
is($t->admin(DELETE => "/activity/$row->{id}")->{status}, 405, 'it cannot be removed');
like(scimctl(qw(activity list --limit 1 --outcome refused --tenant), $tenant), qr/^Id +Time +Method +Path +Status +Outcome +Reason +Object\n\d{16}  \S+Z  DELETE  \S+ +403     refused  /m, 'scimctl activity list');
is_json(unjson(scimctl(qw(activity show --json --tenant), $tenant, $row->{id} =~ s/-.*//r)), show($row), 'the beginning of an id, as the list has it, names a request');
is_json(unjson(scimctl(qw(activity show --json --tenant), $tenant, $row->{id})), show($row), 'scimctl activity show');

# --- bodies and masks ---
$seen = @{ activity($t, $seen) };
is_problem($t->admin(PATCH => '', { activityMask => ['emails', 'a b'] }), 400, 'activityMask: each must be the name of an attribute, such as emails.', undef, 'no attribute');
is_json($t->admin(PATCH => '', { activityBodies => true, activityMask => ['emails', 'familyName'] })->{json}{activityMask}, ['emails', 'familyName'], 'bodies are kept, masked');
my $secret = 'hunter2hunter2';
my %user = (schemas => [$USER], userName => 'mia', password => $secret, title => 'Boss', name => { familyName => 'Sting', givenName => 'Mia' },
    emails => [{ value => 'mia@sting.example', type => 'work' }]);
my $mia = $t->request(POST => '/Users', \%user)->{json}{id};
($row) = news(1);
my $length = length json(\%user);
my $shown = eventually(sub { my $one = show($row); $one->{body} && $one });
is_json($shown->{body}, { %user, password => '***', name => { familyName => '***', givenName => 'Mia' }, emails => '***' }, 'a body');
is($shown->{bodyLength}, $length, 'its length');
my @operations = ({ op => 'replace', path => 'emails[value eq "mia@sting.example"].type', value => 'home' }, { op => 'add', path => 'password', value => $secret },
    { op => 'add', value => { 'emails[type eq "home"].value' => 'mia@sting.example', 'name.familyName' => 'Sting', title => 'Chief' } });
my @masked = ({ op => 'replace', path => 'emails[value eq "***"].type', value => '***' }, { op => 'add', path => 'password', value => '***' },
    { op => 'add', value => { 'emails[type eq "***"].value' => '***', 'name.familyName' => '***', title => 'Chief' } });
is($t->patch("/Users/$mia", \@operations)->{status}, 200, 'PATCH');
($row) = news(1);
is_json(eventually(sub { show($row)->{body} }), { schemas => [$PATCH], Operations => \@masked }, 'in paths and names too');
$t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [{ method => 'PATCH', path => "/Users/$mia", data => { schemas => [$PATCH], Operations => \@operations } }] });
($row) = news(1);
is_json(eventually(sub { show($row)->{body} }), { schemas => [$BULK], Operations => [{ method => 'PATCH', path => "/Users/$mia", data => { schemas => [$PATCH], Operations => \@masked } }] }, 'in Bulk');
$t->request(GET => '/Users?filter=' . uri_escape_utf8('emails.value eq "mia@sting.example"'));
($row) = news(1);
is($row->{path}, '/Users?filter=emails.value%20eq%20%22***%22', 'in a query');
$t->request(POST => '/Users', { %user, userName => 'mia', password => $secret });
is_json(show((news(1))[0])->{body}{password}, '***', 'of a refused request');
$t->request(POST => '/Users', { %user, password => $secret }, Authorization => "Bearer $revoked");
($row) = news(1);
is_json([show($row)->{body}, $row->{tokenName}], [undef, 'old'], 'none of a stranger');
$t->request(POST => '/Users', '{"password": "' . $secret);
is_json([@{ show((news(1))[0]) }{qw(body bodyLength)}], [undef, 14 + length $secret], 'none that is no JSON');
$t->request(POST => '/Users', { %user, userName => 'long', nickName => 'x' x 70_000 });
($row) = news(1);
ok(eventually(sub { show($row)->{bodyLength} }) > 70_000, 'a long one has its length');
is(show($row)->{body}, undef, 'alone');
is(sql("select count(*) from scim.activity a where tenant = '$tenant' and a::text ~ '$secret|sting'"), 0, 'nothing secret is there');
$t->request(GET => "/Users/$t->{token}?access_token=secretsecret");
($row) = news(1);
is($row->{path}, '/Users/' . substr($t->{token}, 0, 15) . '...?access_token=...', 'nor a secret in a path');

# --- reads ---
$t->admin(PATCH => '', { activityReads => 0, activityBodies => false, activityMask => [] });
$t->request(GET => "/Users/$kim") for 1 .. 20;
$t->request(GET => '/Users/nobody');
told((news(1))[0], 'GET', '/Users/nobody', 404, undef, $ANY, 'without reads refusals stay');
$t->request(POST => '/.search', { schemas => ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], count => 1 });
$t->request(GET => '/Users/nobody');
told((news(1))[0], 'GET', '/Users/nobody', 404, undef, $ANY, 'a search is a read, too');
sql("update scim.token set last_used = now() - interval '1 day', last_address = null where tenant = '$tenant'");
my $unkept = $t->new_token('reads');
$t->request(GET => "/Users/$kim", undef, Authorization => "Bearer $unkept");
ok(eventually(sub { sql("select last_used > now() - interval '1 minute' and last_address = '127.0.0.1' from scim.token where tenant = '$tenant' and name = 'reads'") eq 't' }),
    'that a token was used is told all the same');
$t->admin(PATCH => '', { activityReads => 50 });
$t->request(GET => "/Users/$kim") for 1 .. 100;
sleep 2;
my $kept = @{ activity($t, 0) } - $seen;
ok($kept > 20 && $kept < 80, "about half of the reads") or diag $kept;

# Paths with any content are recorded, even if the connection breaks often.
$t->admin(PATCH => '', { activityReads => 100 });
$seen += $kept;
my @paths = map { "/Users?count=0&filter=userName+eq+$_" } '"a\\\\b"', '"{a,b}"', '"NULL"', "%22'%22", '"%C3%A4%5C%5C"';
{
    my $lock = DBI->connect('dbi:Pg:', undef, undef, { AutoCommit => 0, RaiseError => 1 });
    $lock->do('lock table scim.activity in access exclusive mode');
    my $late = $t->new_token('late');
    is($t->request(GET => $_, undef, Authorization => "Bearer $late")->{status}, 200, $_) for @paths;
    ok(eventually(sub { sql(q{select count(pg_terminate_backend(pid)) from pg_stat_activity where wait_event_type = 'Lock' and query ~ 'scim.activity' and pid <> pg_backend_pid()}) > 0 }),
        'what writes them is ended');
    $lock->rollback;
    $lock->disconnect;
}
my $told = [];
eventually(sub { $told = $t->admin(GET => '/activity?limit=500')->{json}{items}; @$told >= $seen + @paths }, 15);
is(scalar @$told, $seen + @paths, 'each is told once');
is(sql("select last_used is not null from scim.token where tenant = '$tenant' and name = 'late'"), 't', 'and that the token was used');
is_json([sort map { $_->{path} } @$told[0 .. $#paths]], [sort map { URI->new($_)->as_string } @paths], 'as it came');

# --- permissions ---
like(run_ok("$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -U scim_web -c), "set scim.tenant = '$tenant'; select path from scim.activity"), qr/permission denied/, 'httpd does not read it');
like(run_ok("$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -U scim_web -c), "set scim.tenant = '$tenant'; delete from scim.activity"), qr/permission denied/, 'nor removes it');
done_testing;
