# The caller, the state of a tenant, and what needs attention, with the operation that solves it.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t   = ScimTest->new('overview')->unmasked;
my $own = $t->tenant;

sub overview { my $res = $t->admin(GET => '/overview', undef, @_); is($res->{status}, 200, 'overview') or diag $res->{body}; return $res->{json} }
sub attention { return [map { [@$_{qw(kind severity count object operation arguments)}] } @{ overview()->{attention} }] }
sub kinds { return join ' ', map { $_->{kind} } @{ overview()->{attention} } }

# --- the caller --------------------------------------------------------------------------------------------------------------

my $me = $t->admin(GET => '//me');
is($me->{status}, 200, 'me');
is_json([@{ $me->{json} }{qw(user kind tenant)}], ['admin', 'admin', undef], 'an administrator of all tenants');
is($me->{json}{count}, sql('select count(*) from scim.tenant'), 'how many there are');
like($me->{json}{now}, $TIME, "the database's clock");
my ($mine) = grep { $_->{tenant} eq $own } @{ $me->{json}{tenants} };
is_json($mine, { tenant => $own, displayName => undef, enabled => true, baseUrl => undef, held => 0 }, 'a tenant of the list');
is_admin($t->admin(GET => '//me', undef, ':base' => '/own', ':user' => $own), 200, { user => $own, kind => 'admin', tenant => $own, count => 1,
    tenants => [{ tenant => $own, displayName => undef, enabled => true, baseUrl => 'https://own.example.org/scim/v2', held => 0 }], now => $TIME }, 'of one tenant');
is_problem($t->admin(GET => '//me', undef, ':base' => '/unprotected', Authorization => undef), 403, qr/^Nobody is logged in/, undef, 'nobody');
like(scimctl(qw(me show)), qr/^User +\S+\nTenant +-\nTenants +\d+\nTime +\S+\n$/, 'scimctl me show');

# --- an unused tenant ----------------------------------------------------------------------------------------------------------

my $seen = overview();
is_json([map { $_->{name} } @{ $seen->{tokens} }], ['test'], 'its token');
is_json({ map { $_ => $seen->{$_} } grep { !/^(tokens|requests)$/ } keys %$seen }, { tenant => $own, displayName => undef, baseUrl => undef, enabled => true,
    dryRun => false, syncPolicy => 'manual', loginPolicy => 'manual', guardUntil => undef, lastRequest => undef, users => 0, localUsers => 0, groups => 0,
    subscriptions => [], attention => [] }, 'nothing needs attention');
is_json([@{ $seen->{requests} }{qw(done refused failed held)}, scalar @{ $seen->{requests}{hours} }], [0, 0, 0, 0, 24], 'no requests in 24 hours');
is(overview(':base' => '/eager')->{baseUrl}, "https://$own.example.org/$own/v2", 'the base URL, where it is known');
is_problem($t->admin(GET => '//tenants/nobody/overview'), 404, $ANY, undef, 'no such tenant');
my ($listed) = @{ $t->admin(GET => "//tenants?q=$own")->{json}{items} };
is_json([@$listed{qw(lastRequest health held refused)}], [undef, 'unused', 0, 0], 'in the list');

# --- requests -------------------------------------------------------------------------------------------------------------------

my $kim = $t->make(Users => userName => 'Kim');
is($t->request(POST => '/Users', { schemas => [$USER], userName => "bad$_", roles => [{ value => 'king' }] })->{status}, 400, 'refused') for 1 .. 2;
is($t->request(GET => '/Users?filter=' . $_)->{status}, 400, 'refused, too') for 'x';
ok(eventually(sub { overview()->{requests}{refused} == 3 }), 'refused requests are counted');
$seen = overview();
is_json([@{ $seen->{requests} }{qw(done refused failed held)}], [1, 3, 0, 0], 'all of them');
is_json([@{ $seen->{requests}{hours}[-1] }{qw(done refused failed held)}], [1, 3, 0, 0], 'in the last hour') if sql('select extract(minute from now()) > 1') eq 't';
like($seen->{lastRequest}, $TIME, 'the last one');
my ($king) = grep { $_->{text} =~ /king/ } @{ $seen->{attention} };
is_json([@$king{qw(kind severity count objectType object operation)}], ['refusal', 'warning', 2, 'Activity', 'bad2', 'activity-show'], 'refused twice for one reason');
is($t->admin(GET => "/activity/$king->{arguments}{activity}")->{json}{reason}, $king->{text}, 'which its operation shows');
sql("update scim.activity set at = at - interval '25 hours' where tenant = '$own' and status = 400");
is(overview()->{requests}{refused}, 0, 'a day later it is over');
is(kinds(), '', 'and forgotten');

# --- the overview shows a dry run -------------------------------------------------------------------------------------------------

$t->admin(PATCH => '', { dryRun => true });
is_json(attention(), [['dry-run', 'warning', 1, $own, 'tenant-set', { dryRun => false }]], 'a dry run');
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'dry' })->{status}, 201, 'answered as if done');
ok(eventually(sub { @{ $t->admin(GET => '/activity?dryRun=true')->{json}{items} } == 1 }), 'it is in the activity, and found as such');
is_json([map { $_->{dryRun} } @{ $t->admin(GET => '/activity?dryRun=false')->{json}{items} }], [false, false, false, false], 'and the others');
like(scimctl(qw(activity list --limit 1 --tenant), $own), qr{ POST +/Users +201 +dry run +- +dry\n}, 'scimctl shows it');
my $dry = $t->admin(GET => '/activity?dryRun=true')->{json}{items}[0]{id};
like(scimctl(qw(activity show --tenant), $own, $dry), qr/^Dry run +yes$/m, 'by itself, too');
like(scimctl(qw(activity show --tenant), $own, $dry), qr/^Changes +1: dry$/m, 'with what it would have changed');
$t->admin(PATCH => '', { dryRun => false });

# --- switched off, without a token, tokens that expire soon --------------------------------------------------------------------------

sql("update scim.token set expires = now() + interval '3 days' where tenant = '$own'");
is_json(attention(), [['token-expiring', 'warning', 1, 'test', 'token-add', {}]], 'a token near its end');
is($t->admin(GET => "//tenants?q=$own")->{json}{items}[0]{health}, 'attention', 'which the list tells');
sql("update scim.token set expires = now() - interval '1 hour' where tenant = '$own'");
is_json(attention(), [['no-token', 'error', 1, $own, 'token-add', {}], ['token-expired', 'error', 1, 'test', 'token-add', {}]], 'which has come');
is($t->admin(GET => "//tenants?q=$own")->{json}{items}[0]{health}, 'no-token', 'which the list tells');
sql("update scim.token set expires = now() + interval '30 days' where tenant = '$own'");
$t->admin(POST => '/disable', { accounts => 'keep' });
is_json(attention(), [['off', 'info', 1, $own, 'tenant-enable', {}]], 'switched off');
is($t->admin(GET => "//tenants?q=$own")->{json}{items}[0]{health}, 'off', 'which the list tells');
$t->admin(POST => '/enable', {});
is($t->admin(GET => "//tenants?q=$own")->{json}{items}[0]{health}, 'good', 'and on again');

# --- unused tokens -------------------------------------------------------------------------------------------------------------------

# A token that has not been used for a day is not reported, because its usual interval is unknown.
sql("update scim.token set last_used = now() - interval '24 hours' where tenant = '$own'");
is_json([@{ overview()->{tokens}[0] }{qw(usualEvery expectEvery quiet)}], [undef, undef, false], 'of a token that has no habit nothing is expected');
is_json(attention(), [], 'and nothing needs attention');
# httpd's housekeeping runs soon after a start, and then each hour.
sub told { return map { /tenant=\Q$own\E: (The token .*?\.) Check at/ } log_lines('error_log', qr/tenant=\Q$own\E: The token "test" has not been used/) }
graceful();
sleep 4;
is_json([told()], [], 'nor is the log told');

# A token that was used every 40 minutes for a week: housekeeping learns the interval once a day.
my $key = $seen->{tokens}[0]{keyId};
sql("delete from scim.activity where tenant = '$own'");
sql("insert into scim.activity (tenant, at, token, token_name, method, path, status, duration)
    select '$own', now() - interval '3 hours' - i * interval '40 minutes' + j * interval '1 second', '$key', 'test', 'GET', '/Users', 200, 1 from generate_series(0, 200) i, generate_series(0, 3) j");
sql("update scim.token set last_used = now() - interval '3 hours' where tenant = '$own'");
graceful();
ok(eventually(sub { overview()->{tokens}[0]{usualEvery} }, 10), 'its gaps are learned');
my ($token) = @{ overview()->{tokens} };
is_json([@$token{qw(usualEvery expectEvery quiet)}], [40, undef, true], 'which tells how often it is used, and that it is quiet');
is_json(attention(), [['silence', 'warning', 1, 'test', 'token-set', { token => $key }]], 'it needs attention');
is(overview()->{attention}[0]{text}, 'The token "test" has not been used for 3 hours; it usually is every 40 minutes.', 'in words');
is($t->admin(GET => "//tenants?q=$own")->{json}{items}[0]{health}, 'quiet', 'which the list tells');
is_json([map { $_->{name} } @{ $t->admin(GET => '/tokens?quiet=true')->{json}{items} }], ['test'], 'found among the tokens');
is_json($t->admin(GET => '/tokens?quiet=false')->{json}{items}, [], 'and not among the others');
my @words = ('The token "test" has not been used for 3 hours; it usually is every 40 minutes.');
ok(eventually(sub { told() }, 5), 'the log is told') or diag 'nothing';
graceful();
sleep 4;
is_json([told()], \@words, 'once a day');
is($t->admin(PATCH => '/tokens/test', { expectEvery => 600 })->{json}{quiet}, false, 'an administrator expects it less often');
is_json(attention(), [], 'nothing is wrong');
is($t->admin(PATCH => '/tokens/test', { expectEvery => 60 })->{json}{quiet}, true, 'or more often');
is(overview()->{attention}[0]{text}, 'The token "test" has not been used for 3 hours; it should be every 60 minutes.', 'in words');
is_problem($t->admin(PATCH => '/tokens/test', { expectEvery => 0 }), 400, $ANY, { expectEvery => $ANY }, 'never is no time');
$t->admin(PATCH => '/tokens/test', { expectEvery => undef });
is($t->request(GET => '/Users?count=1')->{status}, 200, 'it is used again');
ok(eventually(sub { !@{ attention() } }), 'and all is well');

# --- subscriptions -------------------------------------------------------------------------------------------------------------------

$t->admin(PATCH => '', { syncPolicy => 'all' });
is_json(attention(), [['policy-empty', 'warning', 1, $own, 'subscription-set', { automatic => true }]], 'everybody gets nothing');
my $web = $t->admin(POST => '/subscriptions', { name => 'Web', seats => 1 })->{json}{id};
is_json([map { $_->[0] } @{ attention() }], ['policy-empty', 'nobody'], 'nobody has what there is');
$t->admin(PATCH => '/subscriptions/web', { automatic => true });
my $lee = $t->make(Users => userName => 'Lee');
is_json(attention(), [['seats', 'warning', 1, 'Web', 'subscription-set', { subscription => $web }]], 'one waits for a seat');
is_json(overview()->{subscriptions}, [{ id => $web, name => 'Web', description => undef, seats => 1, automatic => true, created => $TIME,
    entitled => 2, seated => 1, waiting => 1, more => false, mappings => 0, grants => 0 }], 'as many have it');
my ($row) = @{ $t->admin(GET => '/subscriptions')->{json}{items} };
is_json([@$row{qw(entitled seated waiting mappings grants)}], [2, 1, 1, 0, 0], 'the list of subscriptions counts');

$t->admin(PATCH => '/subscriptions/web', { seats => undef });
my $sales = $t->make(Groups => displayName => 'Sales', members => [{ value => $kim }]);
$t->admin(PATCH => '', { syncPolicy => 'groups' });
is(kinds(), 'policy-empty nobody', 'no group is mapped');
my $mapping = $t->admin(POST => '/mappings', { group => 'Sales', subscription => 'web' })->{json}{id};
is(kinds(), '', 'one is');
is_json([@{ $t->admin(GET => '/subscriptions/web')->{json} }{qw(entitled mappings)}], [1, 1], 'which the subscription tells');
is_json([map { [@$_{qw(displayName members mappings)}] } @{ $t->admin(GET => '/groups')->{json}{items} }], [['Sales', 1, 1]], 'and the group');
is($t->request(DELETE => "/Groups/$sales")->{status}, 204, 'the identity provider deletes it');
is_json([map { @$_[0, 3, 4, 5] } grep { $_->[0] eq 'archived-mapping' } @{ attention() }], ['archived-mapping', 'Sales', 'mapping-remove', { mapping => $mapping }], 'a mapping of an archived group');
$t->admin(DELETE => "/mappings/$mapping");
$t->admin(PATCH => '', { syncPolicy => 'manual' });
$t->admin(POST => '/grants', { user => 'Kim', subscription => 'Web' });
is($t->admin(GET => '/subscriptions/web')->{json}{grants}, 1, 'a grant is counted');
is(kinds(), '', 'all is well');

# --- flags, duplicates, held requests -------------------------------------------------------------------------------------------------

$t->admin(POST => '/flags', { flag => $_ }) for qw(ai vip);
$t->admin(PATCH => '/users/Kim', { flags => ['ai'] });
is_json([map { [@$_{qw(flag users)}] } @{ $t->admin(GET => '/flags')->{json}{items} }], [['ai', 1], ['vip', 0]], 'how many have a flag');
scimctl(qw(user set --tenant), $own, 'Kim', '--flags', 'none');
is_json($t->admin(GET => '/users/Kim')->{json}{flags}, [], 'scimctl: --flags none takes them away');

$t->make(Users => userName => 'kim2', emails => [{ value => 'lee@x.example' }]);
$t->make(Users => userName => 'lee@x.example');
is_json(attention(), [['duplicates', 'info', 1, undef, 'duplicate-list', {}]], 'two accounts of one person');
sql("delete from scim.lookup where tenant = '$own'");

$t->admin(PATCH => '', { guardLimit => 2 });
is($t->patch("/Users/$kim", [{ op => 'replace', path => 'active', value => false }])->{status}, 200, 'the second goes, after the one of the group');
is($t->patch("/Users/$lee", [{ op => 'replace', path => 'active', value => false }])->{status}, 429, 'the next is held');
my ($hold) = @{ $t->admin(GET => '/holds')->{json}{items} };
ok(eventually(sub { overview()->{requests}{held} == 1 }), 'it is counted');
is_json([grep { $_->[0] eq 'hold' } @{ attention() }], [['hold', 'warning', 1, "PATCH /Users/$lee", 'hold-release', { hold => $hold->{id} }]], 'and needs attention');
is_json([@{ $t->admin(GET => "//tenants?q=$own")->{json}{items}[0] }{qw(health held)}], ['attention', 1], 'which the list tells');
# Behind a hundred other tenants the list has it if it is asked for.
sql("insert into scim.tenant (tenant) select 'a-before-' || i from generate_series(1, 100) i");
sub of_me { my ($path) = @_; my $listed = $t->admin(GET => $path)->{json}{tenants}; return [scalar @$listed, map { $_->{held} } grep { $_->{tenant} eq $own } @$listed] }
is_json(of_me('//me'), [100], 'not one of the first hundred');
is_json(of_me("//me?with=$own"), [101, 1], 'asked for, with the number of its held requests');
is_json(of_me('//me?with=a-before-1'), [100], 'no tenant twice');
is_json(of_me('//me?with=nobody'), [100], 'a tenant that is not there');
sql("delete from scim.tenant where tenant like 'a-before-%'");
$t->admin(POST => "/holds/$hold->{id}/release", { everything => true });
is(kinds() =~ s/ ?refusal//gr, 'guard-open nobody', 'released; the guard lets everything pass');
like(scimctl(qw(tenant overview), $own), qr/^Attention +The guard against mass changes lets everything pass/m, 'scimctl tenant overview');

done_testing;
