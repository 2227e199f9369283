# Limits of a token: read-only, addresses, rate; and limits for an address that sends wrong tokens.
use strict;
use warnings;
use Test::More;
use Time::HiRes qw(sleep time);
use ScimTest;

my $t = ScimTest->new('limits');
my $user = $t->make(Users => userName => 'u');
my $group = $t->make(Groups => displayName => 'g');
my $bulk = { schemas => ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],
    Operations => [{ method => 'POST', path => '/Users', bulkId => 'a', data => { schemas => [$USER], userName => 'b' } }] };
my $search = { schemas => ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'] };
my $title = { schemas => [$PATCH], Operations => [{ op => 'add', path => 'title', value => 'x' }] };
my $members = { schemas => [$PATCH], Operations => [{ op => 'add', path => 'members', value => [{ value => $user }] }] };

sub stored { sql("select json_agg(x order by id) from (select id, type, doc, version, deleted_at, last_modified from scim.resource
    where tenant = '$t->{tenant}') x") . sql("select count(*) from scim.membership where tenant = '$t->{tenant}'") }
sub with { my ($token, @more) = @_; return (Authorization => "Bearer $token", @more) }
sub retry_after { $_[0]{headers}->header('Retry-After') }

# --- read-only ---
{
    my @token = with($t->new_token('reader', '--read-only'));
    my $before = stored();
    for my $ask ([POST => '/Users', { schemas => [$USER], userName => 'v' }], [POST => '/Groups', { schemas => [$GROUP], displayName => 'h' }],
        [PUT => "/Users/$user", { schemas => [$USER], userName => 'w' }], [PUT => "/Groups/$group", { schemas => [$GROUP], displayName => 'h' }],
        [PATCH => "/Users/$user", $title], [PATCH => "/Groups/$group", $members], [DELETE => "/Users/$user"], [DELETE => "/Groups/$group"],
        [POST => '/Bulk', $bulk], [DELETE => '/Users/none'], [POST => '/Users', '{'], [PUT => '/Users', {}],
        [POST => '/Users', { schemas => [$USER], userName => 'v' x 70000 }])
    {
        my $res = $t->request(@$ask, @$ask < 3 ? undef : (), @token);
        is_error($res, 403, undef, 'The token "reader" may only read. Use one that may write, or let an administrator allow it to this one.', "read-only: $ask->[0] $ask->[1]");
    }
    is(stored(), $before, 'nothing was changed');
    for my $ask ([GET => '/Users'], [GET => "/Users/$user"], [GET => "/Groups/$group"], [GET => '/'], [HEAD => "/Users/$user"],
        [POST => '/.search', $search], [POST => '/Users/.search', $search], [POST => '/Groups/.search', $search])
    {
        is($t->request(@$ask, @$ask < 3 ? undef : (), @token)->{status}, 200, "read-only: $ask->[0] $ask->[1]");
    }
    is($t->request(OPTIONS => '/Users', undef, @token)->{status}, 204, 'read-only: OPTIONS');
    scimctl(qw(token set --tenant), $t->tenant, qw(reader --read-write));
    is($t->patch("/Users/$user", $title->{Operations}, @token)->{status}, 200, 'set --read-write holds from the next request');
    scimctl(qw(token set --tenant), $t->tenant, qw(reader --read-only));
    is($t->patch("/Users/$user", $title->{Operations}, @token)->{status}, 403, 'and back');
}

# --- addresses ---
{
    my @token = with($t->new_token('placed', '--address', '192.0.2.0/24', '--address', '198.51.100.7', '--address', '2001:db8:1::/48'));
    my $before = stored();
    for my $from ('192.0.2.0', '192.0.2.255', '198.51.100.7', '2001:db8:1::', '2001:db8:1:ffff:ffff:ffff:ffff:ffff', '2001:DB8:1:0:0:0:0:7') {
        is($t->request(GET => "/Users/$user", undef, @token, 'X-Test-Address' => $from)->{status}, 200, "from $from");
    }
    for my $place (undef, '192.0.1.255', '192.0.3.0', '198.51.100.8', '2001:db8:2::', '2001:db8::1', '::1', 'fe80::1') {
        my @from = (@token, defined $place ? ('X-Test-Address' => $place) : ());
        my $from = $place // '127.0.0.1';
        is_error($t->request(@$_, @from), 403, undef, 'The token "placed" may not be used from this address. An administrator can add it to the addresses of the token.', "not from $from: $_->[0]")
            for [GET => "/Users/$user", undef], [DELETE => "/Users/$user", undef], [POST => '/Users', { schemas => [$USER], userName => 'x' }];
    }
    is($t->request(GET => '/Users', undef, @token, 'X-Test-Address' => '::ffff:192.0.2.9')->{status}, 200, 'IPv4 in the form of IPv6');
    is($t->request(GET => '/Users', undef, @token, 'X-Test-Address' => '192.0.2.300')->{status}, 403, 'what is no address is passed over');
    is($t->request(GET => '/Users', undef, 'X-Test-Address' => 'fe80::1%lo')->{status}, 200, "a link-local address with its interface");
    is($t->request(GET => '/Users', undef, @token, 'X-Test-Address' => 'fe80::1%lo')->{status}, 403, 'is compared like others');
    is(stored(), $before, 'nothing was changed');
    scimctl(qw(token set --tenant), $t->tenant, qw(placed --address any));
    is($t->request(GET => '/Users', undef, @token)->{status}, 200, 'set --address any');
}

# --- the rate of a token ---
# Each request has its own connection: all processes count together.
sub ask {
    my ($self, $path, @headers) = @_;
    my $socket = connect_httpd();
    print $socket raw_request($self, GET => $path, undef, @headers);
    return read_reply($socket);
}
sub statuses { my %n; $n{ $_->{status} }++ for @_; return \%n }
{
    my $limited = bless { %$t, token => $t->new_token('limited', qw(--rate 1 --burst 12)) }, 'ScimTest';
    my $start = time;
    my @answers = map { ask($limited, "/Users/$user") } 1 .. 40;
    my $passed = grep { $_->{status} == 200 } @answers;
    my $most = 12 + int(time - $start) + 1;
    ok($passed >= 12 && $passed <= $most, "12 at once, then 1 a second: $passed of 40 passed, at most $most");
    is_deeply([sort keys %{ statuses(@answers) }], [200, 429], 'the others are 429');
    my ($refused) = grep { $_->{status} == 429 } @answers;
    is_error($refused, 429, undef, 'This token may make 1 request a second, and 12 at once. Try again in 1 second.', 'refused');
    is(retry_after($refused), 1, 'Retry-After');
    my $before = stored();
    # Once more each time: the next second has another request.
    my $spend = sub { my $n = 0; $n++ while ask($limited, '/Users')->{status} == 200; return $n };
    $spend->(), is_error($limited->request(@$_), 429, undef, undef, "refused: $_->[0] $_->[1]")
        for [POST => '/Users', { schemas => [$USER], userName => 'r' }], [DELETE => "/Users/$user"], [POST => '/Bulk', $bulk], [POST => '/Users', '{'];
    is(stored(), $before, 'nothing was changed');
    $spend->();
    is($limited->request(GET => '/Users', undef, ':host' => 'nodb.test')->{status}, 429, 'the database is not asked');
    is($t->request(GET => '/Users')->{status}, 200, 'another token of the tenant goes on');
    is($limited->request(GET => '/Schemas')->{status}, 200, 'discovery, which needs no token, too');
    sleep 1.05;
    is($limited->request(GET => '/Users')->{status}, 200, 'after Retry-After');
    ok((log_lines('access_log', qr/^GET \S+ 429 tenant=\Q$t->{tenant}\E token=\S+ error="429"/))[0], 'the access log says so');
    ok((log_lines('error_log', qr/tenant=\Q$t->{tenant}\E token=@{[substr $limited->{token}, 5, 10]} .*429: This token may make/))[0],
        'the error log names the key id');

    # A client that knows the key id, but not the secret, does not use up the rate.
    sleep 1.05;
    my $other = $t->new_token('other');
    my $forged = substr($limited->{token}, 0, 15) . substr($other, 15);
    ask($t, '/Users', "Authorization: Bearer $forged") for 1 .. 20;
    is(ask($limited, '/Users')->{status}, 200, "a stranger's requests do not count");
    my $elsewhere = ScimTest->new('limits-elsewhere');
    $spend->();
    is($elsewhere->request(GET => '/Users', undef, with($limited->{token}))->{status}, 401, "at another tenant's URL it is unknown");
    cmp_ok($spend->(), '<', 10, 'and that does not make it new here, with 12 at once');

    # A changed limit is effective from the next accepted request.
    scimctl(qw(token set --tenant), $t->tenant, qw(limited --rate 1000 --burst 1000));
    sleep 1.05;
    is($limited->request(GET => '/Users')->{status}, 200, 'one goes through');
    is_deeply(statuses(map { ask($limited, '/Users') } 1 .. 50), { 200 => 50 }, 'a greater rate');
    scimctl(qw(token set --tenant), $t->tenant, qw(limited --rate 1 --burst 1));
    is($limited->request(GET => '/Users')->{status}, 200, 'one goes through');
    $start = time;
    my $n = statuses(map { ask($limited, '/Users') } 1 .. 20)->{200} // 0;
    ok($n <= 2 + time - $start, "a smaller rate: $n of 20");
    scimctl(qw(token set --tenant), $t->tenant, qw(limited --rate none));
    sleep 1.05;
    is_deeply(statuses(map { ask($limited, '/Users') } 1 .. 30), { 200 => 30 }, 'no rate');
    scimctl(qw(token set --tenant), $t->tenant, qw(limited --rate 1 --burst 1));
    $limited->request(GET => '/Users') for 1, 2;
    scimctl(qw(token revoke --tenant), $t->tenant, 'limited');
    sleep 1.05;
    is($limited->request(GET => '/Users')->{status}, 401, 'revoked');
    is_deeply(statuses(map { ask($limited, '/Users') } 1 .. 5), { 401 => 5 }, 'and has no rate any more');
}

# --- failed authentications of an address ---
# Location /guarded/v2: 5 in 25 seconds, that is one in 5 seconds.
my $guarded = bless { %$t, base => "/guarded/v2/$t->{tenant}" }, 'ScimTest';
my $wrong = do { my $w = $t->new_token('wrong'); scimctl(qw(token revoke --tenant), $t->tenant, 'wrong'); $w };
my $mistyped = substr($t->{token}, 0, -1) . (substr($t->{token}, -1) eq 'A' ? 'B' : 'A');
my $busy = 'Too many requests with a wrong bearer token came from this address. Try again in 5 seconds.';
sub from { my ($from, $token) = @_; return $guarded->request(GET => '/Users', undef, with($token, 'X-Test-Address' => $from)) }
{
    my $late = $t->new_token('late');
    is(from('203.0.113.1', $t->{token})->{status}, 200, 'the first token is known');
    is_deeply([map { from('203.0.113.1', $wrong)->{status} } 1 .. 5], [(401) x 5], 'five wrong ones');
    my $res = from('203.0.113.1', $wrong);
    is_error($res, 429, undef, $busy, 'the sixth');
    is(retry_after($res), 5, 'Retry-After');
    ok(!$res->{headers}->header('WWW-Authenticate'), 'no challenge');
    is_error(from('203.0.113.1', $mistyped), 429, undef, $busy, 'a mistyped one is not even read');
    is_error(from('203.0.113.1', $late), 429, undef, $busy, 'nor a good one that nobody has seen');
    is(from('203.0.113.1', $t->{token})->{status}, 200, 'a known one goes on');
    is(from('203.0.113.2', $late)->{status}, 200, 'another address goes on, and makes that one known');
    is(from('203.0.113.1', $late)->{status}, 200, 'here too');
    is(from('203.0.113.1', $wrong)->{status}, 429, 'which takes nothing back');
    is_error($guarded->request(GET => '/Users', undef, 'X-Test-Address' => '203.0.113.1', Authorization => $_), 401, undef, undef,
        'a request without a bearer token is answered as ever') for undef, 'Basic dXNlcjpwYXNz';
    is($guarded->request(GET => '/Schemas', undef, with($wrong, 'X-Test-Address' => '203.0.113.1'))->{status}, 200, 'discovery too');
    my @nodb = (undef, 'X-Test-Address' => '203.0.113.1', ':host' => 'nodb.test');
    is($guarded->request(GET => '/Users', @nodb, with($wrong))->{status}, 429, 'the database is not asked');
    is($guarded->request(GET => '/Users', @nodb, with($late))->{status}, 503, 'but for known tokens');
    sleep 5.05;
    is(from('203.0.113.1', $wrong)->{status}, 401, 'after Retry-After one more');
    is(from('203.0.113.1', $wrong)->{status}, 429, 'and no two');
    ok((log_lines('error_log', qr/429: Too many requests .*\(ScimFailureLimit\)/))[0], 'the error log names the directive');
}
is_deeply([map { from('203.0.113.3', $mistyped)->{status} } 1 .. 6], [(401) x 5, 429], 'mistyped tokens count');
is_deeply([map { from('203.0.113.4', $_ % 2 ? $mistyped : $wrong)->{status} } 1 .. 6], [(401) x 5, 429], 'both together');
is_deeply([map { $guarded->request(GET => '/Users', undef, 'X-Test-Address' => '203.0.113.5', Authorization => $_ % 2 ? undef : 'Basic x')->{status} }
    1 .. 12], [(401) x 12], 'requests without a token do not count');
is(from('203.0.113.5', $wrong)->{status}, 401, 'at all');
is_deeply([map { from("2001:db8:5:6:$_\::1", $wrong)->{status} } 1 .. 6], [(401) x 5, 429], 'IPv6: by networks of 64 bits');
is(from('2001:db8:5:7::1', $wrong)->{status}, 401, 'the next one counts for itself');
is_deeply([map { from($_ % 2 ? '203.0.113.6' : '::ffff:203.0.113.6', $wrong)->{status} } 1 .. 6], [(401) x 5, 429], 'IPv4 in the form of IPv6');
is_deeply([map { $t->request(GET => '/Users', undef, with($wrong, 'X-Test-Address' => '203.0.113.7'))->{status} } 1 .. 40],
    [(401) x 40], 'ScimFailureLimit off');
is(from('203.0.113.7', $wrong)->{status}, 401, 'which counts nothing');

# A revoked token is not cached as valid any more.
{
    my $token = $t->new_token('soon');
    is(from('203.0.113.8', $token)->{status}, 200, 'good');
    from('203.0.113.8', $wrong) for 1 .. 6;
    is(from('203.0.113.8', $token)->{status}, 200, 'known');
    scimctl(qw(token revoke --tenant), $t->tenant, 'soon');
    is(from('203.0.113.8', $token)->{status}, 401, 'revoked: refused by the database');
    is(from('203.0.113.8', $token)->{status}, 429, 'and then before it');
}

done_testing;
