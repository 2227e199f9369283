# Bulk requests that try to keep the server busy: each ends, whatever fails in it, and the answers match the stored
# data.
use strict;
use warnings;
use utf8;
use IO::Socket::INET;
use JSON::PP ();
use Test::More;
use Time::HiRes qw(time sleep);
use ScimTest;

my $REQUEST = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $LIMIT   = 10; # seconds for one small request, on a machine that does much else
my $t       = ScimTest->new('attack-bulk');
my $agent   = LWP::UserAgent->new(timeout => $LIMIT, keep_alive => 1, max_redirect => 0);

sub message { return { schemas => [$REQUEST], Operations => [@_] } }
sub post { my ($path, $bulk_id, %data) = @_;
    return { method => 'POST', path => $path, bulkId => $bulk_id, data => { schemas => [$path eq '/Users' ? $USER : $GROUP], %data } } }
sub user { my ($bulk_id, %data) = @_; return post('/Users', $bulk_id, %data) }
sub group { my ($bulk_id, $name, @members) = @_;
    return post('/Groups', $bulk_id, (defined $name ? (displayName => $name) : ()), members => [map { { value => $_ } } @members]) }
sub statuses { return join ' ', map { $_->{status} } @{ $_[0]{json}{Operations} // [] } }

# A Bulk request with a time limit; undef: it timed out.
sub bulk {
    local $t->{agent} = $agent;
    my $began = time;
    my $res   = $t->request(POST => '/Bulk', @_);
    return time - $began < $LIMIT ? $res : undef;
}

# --- requests that once did not end -------------------------------------------------------------------------------------

my $res = bulk(message(user('a', userName => 'a', roles => [{ value => 'nope' }]), user('b', userName => 'b'),
    group('x', undef, 'bulkId:y'), group('y', 'Y', 'bulkId:z'), group('z', 'Z', 'bulkId:x')));
ok($res, 'an unknown role before a circle with a fault: ends') or BAIL_OUT('a Bulk request does not end');
is(statuses($res), '400 201 400 409 409', 'each has its answer');
like($res->{json}{Operations}[0]{response}{detail}, qr/Role not found: nope/, 'the first its own');
is(sql("select string_agg(doc ->> 'userName', ',') from scim.resource where tenant = '$t->{tenant}' and type in ('User', 'Group')"), 'b',
    'what was answered 201 is stored, and nothing else');

# All operations that can be executed are in one circle, and its statement fails.
$res = bulk(message(user('a', userName => 'nobody', roles => [{ value => 'nope' }, { value => 'bulkId:b' }]),
    user('b', userName => 'nobody2', roles => [{ value => 'nope' }, { value => 'bulkId:a' }])));
ok($res, 'a circle that fails as a whole: ends');
unlike(statuses($res), qr/20/, 'nothing of it is made');
is(sql("select count(*) from scim.resource where tenant = '$t->{tenant}' and doc ->> 'userName' like 'nobody%'"), 0, 'or stored');

# --- random small requests ----------------------------------------------------------------------------------------------

my $seed = $ENV{SCIM_TEST_SEED} // 845;
my $runs = $ENV{SCIM_TEST_BULKS} // 400;
srand $seed;
sub one { return $_[rand @_] }
sub maybe { return rand() < $_[0] ? @_[1 .. $#_] : () }

$t->make(Users => userName => 'taken', externalId => 'taken');
my $gone = $t->make(Users => userName => 'gone', externalId => '018f0000-0000-7000-8000-00000000dead');
$t->request(DELETE => "/Users/$gone");

my @names = ('taken', 'TAKEN', 'gone', map { "n$_" } 1 .. 6);
my @roles = ('nope', 'user', 'administrator');

sub any_user { my ($bulk_id, @refs) = @_;
    return user($bulk_id, maybe(0.95, userName => one(@names)), maybe(0.3, roles => [{ value => one(@roles) }]),
        maybe(0.2, externalId => one('taken', '018f0000-0000-7000-8000-00000000dead', ' ')),
        maybe(0.3, active => one(JSON::PP::true, JSON::PP::false, 'x')), maybe(0.2, title => "bulkId:" . one(@refs)),
        maybe(0.2, emails => [{ value => one(@names) . '@example.com', primary => JSON::PP::true }])) }
sub any_group { my ($bulk_id, @refs) = @_;
    return group($bulk_id, one(undef, map { "G$_" } 1 .. 8), map { one("bulkId:" . one(@refs), "bulkId:" . one(@refs), $gone, 'bulkId:none') } 1 .. rand 3) }
sub any_change { my ($bulk_id, @refs) = @_;
    my $path = one('/Users', '/Groups') . '/' . one(map({ "bulkId:$_" } @refs), $gone, 'none');
    return { method => 'DELETE', path => $path } if rand() < 0.3;
    return { method => 'PUT', path => $path, data => { schemas => [$USER], userName => one(@names) } } if rand() < 0.3;
    return { method => 'PATCH', path => $path, data => { schemas => [$PATCH], Operations => [one(
        { op => 'replace', path => 'userName', value => one(@names) }, { op => 'add', path => 'members', value => [{ value => 'bulkId:' . one(@refs) }] },
        { op => 'remove', path => 'members' }, { op => 'replace', path => 'roles', value => [{ value => one(@roles) }] })] } } }

my ($slow, $wrong, @bad) = (0, 0);
for my $run (1 .. $runs) {
    my @refs = map { "r$_" } 1 .. 2 + rand 6;
    my @ops  = map { my $make = one(\&any_user, \&any_group, \&any_change); $make->($_, @refs) } @refs;
    my $sent = { %{ message(@ops) }, maybe(0.2, failOnErrors => 1 + int rand 3) };
    my $got  = bulk($sent);
    my $made = { map { ($_->{location} // '') =~ m{([0-9a-f-]{36})$} ? ($1 => $_->{status}) : () }
            grep { $_->{method} eq 'POST' && $_->{status} eq '201' } @{ $got && $got->{json}{Operations} || [] } };
    $slow++  if !$got;
    push @bad, json($sent) if !$got || $got->{status} != 200 || grep { $_->{status} !~ /^(2..|4..)$/ } @{ $got->{json}{Operations} };
    my $in   = join ',', map {"'$_'"} keys %$made;
    $wrong++ if $in && sql("select count(*) from scim.resource where tenant = '$t->{tenant}' and id in ($in)") != keys %$made;
    if ($run % 20 == 0) { # names become free again
        $t->request(DELETE => "/$_->[0]/$_->[1]") for map { [split /\//] } split /\n/,
            sql("select type || 's/' || id from scim.resource where tenant = '$t->{tenant}' and type in ('User', 'Group') and wire and deleted_at is null
                and doc ->> 'userName' is distinct from 'taken'");
    }
    last if $slow;
}
is($slow, 0, "each of $runs ends within $LIMIT s (seed $seed)");
is_json(\@bad, [], 'each has an answer of its own to every operation');
is($wrong, 0, 'what was answered 201 is there');

# --- limits of time -------------------------------------------------------------------------------------------------------

# More than can be done in half a second, in the smallest windows: every other operation fails when it is executed.
sub many { my ($name, $count) = @_; return map { (user("u$_", userName => "$name$_"),
    { method => 'POST', path => '/Groups', bulkId => "x$_", data => { schemas => [$GROUP], displayName => "not-$name$_",
        members => [{ value => '00000000-0000-7000-8000-000000000000' }] } }) } 1 .. $count }

$res = $t->request(POST => '/Bulk', message(many('brief', 500)), ':base' => "/bulk-brief/v2/$t->{tenant}");
my %of;
$of{ $_->{status} }++ for @{ $res->{json}{Operations} };
is($res->{status}, 200, 'ScimBulkTimeout: what was done is told');
is_json([sort keys %of], [qw(201 400 503)], 'and what was not');
is(scalar @{ $res->{json}{Operations} }, 1000, 'of all operations');
is(sql("select count(*) from scim.resource where tenant = '$t->{tenant}' and doc ->> 'userName' like 'brief%'"), $of{201}, 'as it is stored');
my ($left) = grep { $_->{status} eq '503' } @{ $res->{json}{Operations} };
is_json($left->{response}, { schemas => ['urn:ietf:params:scim:api:messages:2.0:Error'], status => '503', detail =>
    'The request took longer than this server allows for a Bulk request. This operation was not carried out; send it again, in a '
    . 'request with fewer operations.' }, 'with what to do');

# A client that hangs up.
my $body   = json(message(many('hangup', 500)));
my $socket = connect_httpd();
print $socket "POST $t->{base}/Bulk HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer $t->{token}\r\nContent-Type: $TYPE\r\nContent-Length: "
    . length($body) . "\r\n\r\n$body";
my $stored = sub { sql("select count(*) from scim.resource where tenant = '$t->{tenant}' and doc ->> 'userName' like 'hangup%'") };
ok(eventually(sub { $stored->() > 0 }), 'a client that has begun');
close $socket;
ok(eventually(sub { log_lines('error_log', qr/the client has closed the connection during its Bulk request/) }), 'and hangs up: the log tells');
my $then = $stored->();
sleep 0.5;
is($stored->(), $then, 'nothing more is done');
cmp_ok($then, '<', 500, 'of what is left');

done_testing;
