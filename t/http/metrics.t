# Metrics for operators: the page in both formats, with a limited size, and the section of mod_status.
use strict;
use warnings;
use Test::More;
use ScimAuthz;
use ScimFront;
use ScimTest;

my @t = map { ScimTest->new("metrics-$_") } 1 .. 4;
my $t = $t[0];
$t->make(Users => userName => 'kim');
# The two tenants whose tokens expire first, independent of other test files; they are not those that send the first
# requests. Their last use is in the future, so that these requests do not change it.
sql("update scim.token set revoked = now() where expires < now() + interval '3 hours'");
sql("update scim.token set expires = date_trunc('second', now()) + interval '@{[$_ - 1]} hours', last_used = now() + interval '$_ minutes'
    where tenant = '$t[$_]{tenant}'") for 2, 3;
my $times = sub { sql("select string_agg(tenant || ' ' || floor(extract(epoch from $_[0]))::bigint, ', ' order by tenant) from scim.token
    where tenant in ('$t[2]{tenant}', '$t[3]{tenant}')") };
# An unused token, holds and seats, without those of other test files.
sql("update scim.token set expect_every = null, longest_gap = null; update scim.hold set state = 'rejected'; update scim.subscription set seats = null");
$t[1]->new_token('silent');
sql("update scim.token set created = now() - interval '2 hours', expect_every = 60 where tenant = '$t[1]{tenant}' and name = 'silent'");
sql("insert into scim.hold (tenant, token, token_name, method, path, fingerprint, weight, total, threshold)
    select '$t[3]{tenant}', 'x', 'x', 'DELETE', '/Users/' || n, 'x', 1, 1, 1 from generate_series(1, 3) n");
my $seats = 'Say "seats" \\ n';
is($t->admin(POST => '/subscriptions', { name => $seats, seats => 1 })->{status}, 201, 'a subscription');
$t->make(Users => userName => "seat$_") for 1 .. 3;
is($t->admin(POST => '/grants', { user => "seat$_", subscription => $seats })->{status}, 201, 'a grant') for 1 .. 3;
my %expected = (expiry => $times->('expires'), used => $times->('last_used'));
my $site = ScimAuthz->new($t, <<"CONF", ());
DBDParams "host=$ENV{PGHOST} dbname=scim user=scim_web connect_timeout=3 application_name=metrics-first"
ScimMetricsTenants 2
ScimFailureLimit 3 60
ExtendedStatus On
<Location "/scim/v2">
    SetHandler scim
    ScimTenant path
    ScimTenantShare 1
    Require all granted
</Location>
<Location "/metrics">
    SetHandler scim-metrics
    Require local
</Location>
<Location "/server-status">
    SetHandler server-status
    Require local
</Location>
<Location "/user">
    AUTH
    TENANT
    Require scim-user
</Location>
<VirtualHost 127.0.0.1:\@port\@>
    ServerName main.test
</VirtualHost>
<VirtualHost 127.0.0.1:\@port\@>
    ServerName second.test
    DBDParams "host=$ENV{PGHOST} dbname=scim user=scim_web connect_timeout=3 application_name=metrics-second"
    DBDMin 0
    DBDKeep 3
    DBDMax 3
</VirtualHost>
CONF
my $children = $ScimFront::mpm eq 'prefork' ? 8 : 1;
my @at = (':port' => $site->{front}{port});
sub page { return $t->request(GET => '', undef, @at, ':base' => '/metrics', Authorization => undef, @_) }
sub value {
    my ($name) = @_;
    my ($value) = page()->{body} =~ /^\Q$name\E ([\d.]+)$/m;
    return $value;
}

is(page()->{status}, 200, 'the page');
is(page()->{type}, 'text/plain; version=0.0.4; charset=utf-8', 'for Prometheus');
is(value('scim_authz_decisions_total{outcome="granted"}'), 0, 'nothing was decided');
my $user = $t->request(GET => '/Users?count=1', undef, @at)->{json}{Resources}[0]{id};
$t->request(GET => "/Users/$user", undef, @at) for 1 .. 3;
$t->request(POST => '/Users', { schemas => [$USER], userName => 'lee' }, @at);
$t->request(POST => '/Users', { schemas => [$USER], userName => 'lee' }, @at);
$t->request(PATCH => "/Users/$user", { schemas => [$PATCH], Operations => [] }, @at);
my $labels = sub { 'scim_requests_total{tenant="' . $_[0] . '",operation="' . $_[1] . '",status="' . $_[2] . '"}' };
my $one = $t->tenant;
is(value($labels->($one, 'get', '2xx')), 3, 'three GETs of a resource');
is(value($labels->($one, 'list', '2xx')), 1, 'one of a list');
is(value($labels->($one, 'create', '2xx')), 1, 'a POST');
is(value($labels->($one, 'create', '4xx')), 1, 'one that was refused');
is(value('scim_request_duration_seconds_count{operation="get"}'), 3, 'and how long they took');
is(value('scim_request_duration_seconds_bucket{operation="get",le="+Inf"}'), 3, 'in buckets');
cmp_ok(value('scim_request_duration_seconds_sum{operation="get"}'), '>', 0, 'all in all');
cmp_ok(value('scim_database_round_trips_total'), '>=', 7, 'round trips');
cmp_ok(value('scim_database_held_seconds_total'), '>', 0, 'connections were lent');

# Current work: requests that wait for a row, and requests that wait for a connection.
for my $gauge (qw(in_use waiting)) {
    ok(eventually(sub { (value("scim_database_$gauge") // 1) == 0 }), "$gauge: nothing is at work");
}
my $locker = fork // die "fork: $!";
if (!$locker) {
    open STDOUT, '>', '/dev/null';
    exec "$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -q -c), "begin; select from scim.resource where tenant = '$one' and id = '$user' for update; select pg_sleep(4)";
}
ok(eventually(sub { sql("select count(*) from pg_stat_activity where query ~ 'for update; select pg_sleep' and wait_event = 'PgSleep'") > 0 }), 'a row is locked');
my @sockets = map { my $socket = connect_httpd(PeerPort => $site->{front}{port});
    print $socket $t->raw_request(PATCH => "/Users/$user", { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'title', value => "Title $_" }] }); $socket } 1 .. 12;
ok(eventually(sub { (value('scim_database_in_use') // 0) > 0 && value('scim_database_waiting') > 0 }), 'connections are lent, and requests wait for one');
read_reply($_) for @sockets;
waitpid $locker, 0;
ok(eventually(sub { !value('scim_database_in_use') && !value('scim_database_waiting') }), 'all have been given back, and nobody waits');

# Limited: existing tenants, and names that no tenant has.
$_->request(GET => '/Users?count=0', undef, @at) for @t;
$t->request(GET => '/Users', undef, @at, ':base' => "/scim/v2/nobody-$_") for 1 .. 3;
my $body = page()->{body};
my %tenants = map { $_ => 1 } $body =~ /^scim_requests_total\{tenant="([^"]*)"/mg;
is(scalar(grep {/^metrics-/} keys %tenants), 2, 'as many tenants as ScimMetricsTenants says');
ok($tenants{other}, 'the rest is one');
ok(!grep({/nobody/} keys %tenants), 'a name that a client invents is none');
ok($tenants{''}, 'but its requests are counted');
$t->request(GET => '/Users', undef, @at, Authorization => "Bearer $t->{token}x") for 1 .. 5;
cmp_ok(value('scim_limited_total{reason="address"}'), '>=', 1, '429 for wrong tokens');

# Housekeeping checks tokens when httpd starts.
ok(eventually(sub { value('scim_housekeeping_timestamp_seconds') > 0 }, 10), 'housekeeping has run');
my $found = sub { my $page = page()->{body}; join ', ', sort map {"$_->[0] $_->[1]"}
    map { [/"(.*)"\} (\d+)/] } $page =~ /^(scim_token_$_[0]_timestamp_seconds\{.*)$/mg };
my ($expiry) = page()->{body} =~ /^scim_token_expiry_timestamp_seconds\{tenant="[^"]+"\} (\d+)$/m;
cmp_ok($expiry // 0, '>', time, 'when the next token of a tenant ends');
is($found->('expiry'), $expected{expiry}, 'of the tenants whose tokens end first, whoever sends requests');
is($found->('used'), $expected{used}, 'and when they were used last');
is(value(qq(scim_tokens_silent{tenant="$t[1]{tenant}"})), 1, 'a token that has fallen silent');
is(value(qq(scim_holds{tenant="$t[3]{tenant}"})), 3, 'what the guard holds');
my $of = qq({tenant="$t[0]{tenant}",subscription="Say \\"seats\\" \\\\ n"});
is(value("scim_seats_taken$of"), 1, 'seats that are taken');
is(value("scim_seats_waiting$of"), 2, 'and who waits for one');

# Decisions
$site->ask('/user', 'kim') for 1 .. 2;
$site->ask('/user', 'stranger');
is(value('scim_authz_decisions_total{outcome="granted"}'), 2, 'granted');
is(value('scim_authz_decisions_total{outcome="denied"}'), 1, 'denied');
ok(eventually(sub { value('scim_outbox_done_total') && value('scim_outbox_backlog') == 0 }, 10), 'activity was told');

# The formats
my $open = page(Accept => 'application/openmetrics-text; version=1.0.0,text/plain;q=0.5');
is($open->{type}, 'application/openmetrics-text; version=1.0.0; charset=utf-8', 'OpenMetrics');
like($open->{body}, qr/# EOF\n\z/, 'with its end');
like($open->{body}, qr/^# TYPE scim_requests counter$/m, 'and its types');
like($body, qr/^# TYPE scim_requests_total counter$/m, 'Prometheus has its own');
my %seen;
for my $line (split /\n/, $body) {
    next if $line =~ /^# (HELP|TYPE) \S+ .+$/;
    like($line, qr/^[a-z_]+(\{([a-z]+="([^"\\]|\\.)*",?)*\})? [0-9.]+$/, 'a sample') unless $line =~ /^[a-z_]+(\{[^{}]*\})? [0-9.]+$/;
    my ($sample) = $line =~ /^(.*) /;
    ok(0, "twice: $sample") if $seen{$sample}++;
}
is(page()->{headers}->header('Cache-Control'), 'no-store', 'not to be kept');
is($t->request(POST => '', 'x', @at, ':base' => '/metrics', Authorization => undef)->{status}, 405, 'GET alone');

# The dashboard and the alert rules use metrics that exist.
my %families = map { $_ => 1 } page()->{body} =~ /^# TYPE (\S+) /mg;
my $dashboard = unjson(do { local (@ARGV, $/) = "$ENV{SCIM_TEST_WORK}/docs/grafana.json"; <> });
my @asked = map { map { $_->{expr} // () } @{ $_->{targets} // [] } } @{ $dashboard->{panels} };
cmp_ok(scalar @asked, '>=', 10, 'the dashboard asks for something');
my @alerts = do { local @ARGV = "$ENV{SCIM_TEST_WORK}/docs/alerts.yml"; map { /^\s*expr: (.*)/ ? $1 : () } <> };
cmp_ok(scalar @alerts, '>=', 5, 'so do the alert rules');
for my $expr (@asked, @alerts) {
    my @unknown = grep { !$families{$_} && !$families{ s/_(?:bucket|sum|count)$//r } } $expr =~ /\b(scim_\w+)/g;
    is("@unknown", '', "on the page: $expr");
}
SKIP: {
    my ($promtool) = grep { -x } map {"$_/promtool"} split /:/, $ENV{PATH};
    skip 'missing: promtool (package prometheus)', 4 unless $promtool;
    # The dashboard's queries, each as a rule, so that their syntax is checked, too.
    open my $rules, '>', "$ScimFront::home/dashboard.yml" or die;
    print $rules "groups:\n  - name: dashboard\n    rules:\n", map { my $expr = $asked[$_] =~ s/\$__rate_interval/5m/gr; "      - record: panel:$_\n        expr: '$expr'\n" } 0 .. $#asked;
    close $rules;
    for (['metrics', $body], ['metrics', page()->{body}], ['rules', undef, "$ENV{SCIM_TEST_WORK}/docs/alerts.yml"], ['rules', undef, "$ScimFront::home/dashboard.yml"]) {
        my ($what, $text, $file) = @$_;
        open my $pipe, '|-', "$promtool check $what " . ($file // '') . " >$ScimFront::home/promtool 2>&1" or die;
        print $pipe $text // '';
        close $pipe;
        is($?, 0, "promtool check $what") or diag do { local (@ARGV, $/) = "$ScimFront::home/promtool"; <> };
    }
}

# mod_status
my $status = $t->request(GET => '', undef, @at, ':base' => '/server-status', Authorization => undef);
like($status->{body}, qr{<h2>mod_scim</h2>.*Requests answered 2xx: \d+.*Decisions: granted: 2}s, 'a section of mod_status');
$status = $t->request(GET => '?auto', undef, @at, ':base' => '/server-status', Authorization => undef);
like($status->{body}, qr/^ScimRequests2xx: \d+$/m, 'and lines of its short form');
like($status->{body}, qr/^ScimAuthzDenied: 1$/m, 'one for each counter');

# Connections of each pool: this httpd has two.
sub pools {
    my $text = $t->request(GET => '?auto', undef, @at, ':base' => '/server-status', Authorization => undef)->{body};
    return { $text =~ /^ScimPool(\d+(?:Lent|Open|Most)): (\d+)$/mg };
}
# Housekeeping opens and closes connections at the start, in the background.
sub opened { return [map { sql("select count(*) from pg_stat_activity where usename = 'scim_web' and application_name = 'metrics-$_'") } qw(first second)] }
$t->request(GET => '/Users?count=0', undef, @at, Host => 'second.test');
ok(eventually(sub { my ($told, $there) = (pools(), opened()); $there->[0] && $there->[1] && $told->{'1Open'} == $there->[0] && $told->{'2Open'} == $there->[1] }),
    'as many are open of each as PostgreSQL has') or diag explain pools(), opened();
is_deeply([@{ pools() }{qw(1Lent 2Lent)}], [0, 0], 'nothing is lent');
is_deeply([@{ pools() }{qw(1Most 2Most)}], [$children * 8, $children * 3], 'as many at the most as DBDMax says, for each process');
$locker = fork // die "fork: $!";
if (!$locker) {
    open STDOUT, '>', '/dev/null';
    exec "$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -q -c), "begin; select from scim.resource where tenant = '$one' and id = '$user' for update; select pg_sleep(3)";
}
ok(eventually(sub { sql("select count(*) from pg_stat_activity where query ~ 'for update; select pg_sleep' and wait_event = 'PgSleep'") > 0 }), 'a row is locked');
my $waiting = connect_httpd(PeerPort => $site->{front}{port});
print $waiting $t->raw_request(PATCH => "/Users/$user", { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'title', value => 'Waits' }] });
ok(eventually(sub { pools()->{'1Lent'} == 1 }), 'a request that waits in the database has one');
is(pools()->{'2Lent'}, 0, 'of its own pool');
read_reply($waiting);
waitpid $locker, 0;
ok(eventually(sub { !pools()->{'1Lent'} }), 'and gives it back');
$status = $t->request(GET => '', undef, @at, ':base' => '/server-status', Authorization => undef);
like($status->{body}, qr{<dt>Connections to scim at \Q$ENV{PGHOST}\E: 0 lent, \d+ open, @{[$children * 8]} at the most</dt>}, 'the page names the database');
is_deeply([$site->error_lines(qr/exit signal|Sanitizer/)], [], 'nothing crashed');
done_testing;
