# The guard against mass changes: what it holds, what passes, and the decisions of administrators.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $t = ScimTest->new('guard');
my $other = ScimTest->new('guard-other');
my $tenant = $t->tenant;
my @users = map { $t->make(Users => userName => "user$_") } 1 .. 12;
my $crew = $t->make(Groups => displayName => 'Crew', members => [map { { value => $_ } } @users[0 .. 7]]);

sub deactivate { $t->patch("/Users/$_[0]", [{ op => 'replace', path => 'active', value => false }]) }
sub held { my ($res, $total, $most, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    is_error($res, 429, undef, "Held by the guard against mass changes: with this request $total people would have lost access within an hour, "
        . "and this tenant allows $most. Nothing was changed. An administrator can release or reject the request; send it again after that.", $name);
    is($res->{headers}->header('Retry-After'), 600, "$name: Retry-After") }
sub holds { $t->admin(GET => "/holds$_[0]")->{json}{items} }

# --- off ---
is(deactivate($users[0])->{status}, 200, 'without a threshold everybody passes');
is(sql("select count(*) from scim.loss where tenant = '$tenant'"), 0, 'and nothing is added up');
is_json(holds(''), [], 'nothing is held');

# --- an absolute limit ---
my $res = $t->admin(PATCH => '', { guardLimit => 3 });
is_json([@{ $res->{json} }{qw(guardLimit guardShare guardUntil)}], [3, undef, undef], 'three people an hour');
is(sql("select sum(weight) || ' ' || sum(users) from scim.loss where tenant = '$tenant'"), '1 1', 'of which there was one already');
is(deactivate($users[1])->{status}, 200, 'the second of the hour');
is_empty($t->request(DELETE => "/Users/$users[2]"), 204, 'the third, who is in a group too');
my $path = "/Users/$users[3]";
held(deactivate($users[3]), 4, 3, 'the fourth');
is(sql("select doc ->> 'active' from scim.resource where id = '$users[3]'"), 'true', 'nothing was done');
is($t->patch($path, [{ op => 'replace', path => 'displayName', value => 'Four' }])->{status}, 200, 'other changes pass');
is($t->make(Users => userName => 'newcomer') =~ $ID, 1, 'and new users');

my ($hold) = @{ holds('') };
is_json($hold, { id => qr/^\d+$/, at => $TIME, lastAt => $TIME, attempts => 1, tokenId => qr/^\w{10}$/, tokenName => 'test', method => 'PATCH', path => $path,
    request => $ANY, people => [{ id => $users[3], userName => $ANY, displayName => 'Four' }], weight => 1, total => 4, threshold => 3, state => 'held', decided => undef, decidedBy => undef, until => undef }, 'it is held');
held(deactivate($users[3]), 4, 3, 'sent again');
is(holds('')->[0]{attempts}, 2, 'is the same');
is(scalar @{ holds('') }, 1, 'the only one');
is_json($other->admin(GET => "/holds")->{json}{items}, [], 'not for another tenant');
is_problem($other->admin(POST => "/holds/$hold->{id}/release", {}), 404, qq(There is no held request "$hold->{id}"; the list of holds shows their ids.), { hold => $ANY }, 'who cannot release it');
my $told = eventually(sub { $t->admin(GET => '/activity?status=429')->{json}{items}[0] });
is_json([@$told{qw(method path status outcome)}], ['PATCH', $path, 429, 'held'], 'activity tells it');
my $kept = eventually(sub { my $list = $t->admin(GET => '/activity?outcome=held')->{json}{items}; @$list == 2 && $list });
is_json([map { $_->{path} } @{ $kept || [] }], [$path, $path], 'what was held');
is_json($t->admin(GET => '/activity?outcome=refused')->{json}{items}, [], 'is not what was refused');

# --- one request that removes access from many ---
held($t->patch("/Groups/$crew", [{ op => 'remove', path => 'members' }]), 10, 3, 'a PATCH that empties a group');
held($t->request(PUT => "/Groups/$crew", { schemas => [$GROUP], displayName => 'Crew' }), 10, 3, 'a PUT that empties it');
held($t->request(DELETE => "/Groups/$crew"), 10, 3, 'a DELETE of it');
is(scalar @{ $t->stored_members($crew) }, 7, 'all are still there');
is_json([map {"$_->{method} $_->{weight}"} @{ holds('?limit=3') }], ['DELETE 7', 'PUT 7', 'PATCH 7'], 'each has its weight');
is_empty($t->patch("/Groups/$crew", [{ op => 'add', path => 'members', value => [{ value => $users[9] }] }]), 204, 'adding passes');
$res = $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [
    { method => 'POST', path => '/Users', bulkId => 'n', data => { schemas => [$USER], userName => 'bulk' } },
    map { { method => 'DELETE', path => "/Users/$_" } } @users[4 .. 7]] });
held($res, 7, 3, 'a Bulk request');
is($t->request(GET => '/Users?count=0&filter=userName%20eq%20%22bulk%22')->{json}{totalResults}, 0, 'of which nothing is done');
$res = $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [
    { method => 'POST', path => '/Users', bulkId => 'n', data => { schemas => [$USER], userName => 'bulk' } },
    { method => 'POST', path => '/Users', bulkId => 'm', data => { schemas => [$USER], userName => 'user1' } }] });
is_json([map { $_->{status} } @{ $res->{json}{Operations} }], ['201', '409'], 'a Bulk request that takes nothing');
is($t->request(GET => '/Users?count=0&filter=userName%20eq%20%22bulk%22')->{json}{totalResults}, 1, 'is done');
$told = $t->admin(GET => '/activity?limit=500')->{json}{items};
is(scalar(grep { $_->{path} eq '/Bulk' && $_->{status} == 200 } @$told), 1, 'and told once');

# --- rejecting ---
my ($patch) = grep { $_->{path} eq $path } @{ holds('') };
is_admin($t->admin(POST => "/holds/$patch->{id}/reject", {}), 200, { %$patch, state => 'rejected', decided => $TIME, decidedBy => 'admin' }, 'reject');
is_problem($t->admin(POST => "/holds/$patch->{id}/reject", {}), 409, 'The request was rejected already; there is nothing to reject.', { hold => $ANY }, 'once');
is_error(deactivate($users[3]), 403, undef, qr/^An administrator has rejected this request, .* Nothing was changed\./, 'it is refused');
is(scalar @{ holds('?state=rejected') }, 1, 'and no longer held');
is($t->patch($path, [{ op => 'replace', path => 'displayName', value => 'Vier' }])->{status}, 200, 'what takes nothing passes');
held($t->patch($path, [{ op => 'replace', path => 'active', value => 'false' }]), 4, 3, 'another body is another request');
my $second = $t->new_token('second');
my @again = (PATCH => $path, { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'active', value => false }] });
is_error($t->request(@again), 403, undef, $ANY, 'the same by the same token');
held($t->request(@again, Authorization => "Bearer $second"), 4, 3, 'by another token it is looked at anew');

sub bulk_of { { schemas => [$BULK], Operations => [map { { method => 'DELETE', path => "/Users/$_" } } @_] } }
held($t->request(POST => '/Bulk', bulk_of(@users[4 .. 7])), 7, 3, 'a Bulk request');
my ($bulk) = grep { $_->{path} eq '/Bulk' && $_->{weight} == 4 } @{ holds('?state=held') };
is($t->admin(POST => "/holds/$bulk->{id}/reject", {})->{status}, 200, 'is rejected');
is_error($t->request(POST => '/Bulk', bulk_of(@users[4 .. 7])), 403, undef, qr/^An administrator has rejected this request/, 'and refused when it comes again');
held($t->request(POST => '/Bulk', bulk_of(@users[5 .. 7])), 6, 3, 'another one is held');
$t->admin(PATCH => '', { guardLimit => 4 });
is_json([map { $_->{status} } @{ $t->request(POST => '/Bulk', bulk_of($users[10]))->{json}{Operations} }], ['204'], 'or passes');
is_error($t->request(POST => '/Bulk', bulk_of(@users[4 .. 7])), 403, undef, $ANY, 'while the first one stays refused');

# --- releasing ---
my $put = (grep { $_->{method} eq 'PUT' } @{ holds('') })[0];
is_problem($t->admin(POST => "/holds/$put->{id}/release", { minutes => 0 }), 400, $ANY, { minutes => $ANY }, 'a time of nothing');
is_problem($t->admin(POST => "/holds/0/release", {}), 404, $ANY, { hold => $ANY }, 'no such hold');
is_problem($t->admin(POST => "/holds/$put->{id}/release", {}, 'If-Match' => '"0123456789abcdef0123456789abcdef"'), 412, $ANY, undef, 'another version');
is_json(unjson(scimctl(qw(hold release), $put->{id}, qw(--minutes 5 --everything --json --tenant), $tenant)),
    { %$put, state => 'released', decided => $TIME, decidedBy => $ANY, until => $TIME }, 'release everything, by scimctl');
is(sql("select string_agg(distinct state, ' ') from scim.hold where tenant = '$tenant' and state <> 'rejected'"), 'released', 'all that was held is released');
is_json([sort map { $_->{id} } @{ holds('?state=rejected') }], [sort $patch->{id}, $bulk->{id}], 'and not what was rejected');
is(sql("select round(extract(epoch from guard_until - now()) / 60) from scim.tenant where tenant = '$tenant'"), 5, 'for so long');
is(sql("select count(*) from scim.audit where tenant = '$tenant' and object_type = 'Hold' and actor_kind || action in ('adminrejected', 'scimctlreleased')"),
    scalar @{ holds('?limit=100') }, 'the audit log knows who');
is($t->request(PUT => "/Groups/$crew", { schemas => [$GROUP], displayName => 'Crew' })->{status}, 200, 'the PUT passes');
is_json($t->stored_members($crew), [], 'and is done');
is_error(deactivate($users[3]), 403, undef, $ANY, 'what was rejected does not');
is($t->admin(POST => "/holds/$patch->{id}/release", {})->{status}, 200, 'until it is released itself');
is(deactivate($users[3])->{status}, 200, 'then it passes');
sql("insert into scim.hold (tenant, token, token_name, method, path, fingerprint, weight, total, threshold, state, decided)
     select tenant, token, token_name, method, path, fingerprint, weight, total, threshold, state, decided from scim.hold where id = $bulk->{id}");
is($t->admin(POST => "/holds/$bulk->{id}/release", {})->{status}, 200, 'what was rejected is released');
is_json(holds('?state=rejected'), [], 'and so is what was rejected of the same request');
sql("update scim.tenant set guard_until = now() where tenant = '$tenant'; update scim.hold set until = now() where tenant = '$tenant'");
$t->admin(PATCH => '', { guardLimit => 3 });
held($t->request(POST => '/Bulk', bulk_of(@users[4 .. 7])), 4, 3, 'it is no longer refused, but held');

# --- afterwards ---
sql("update scim.tenant set guard_until = now() where tenant = '$tenant'");
is(deactivate($users[4])->{status}, 200, 'what was done until then does not count');
is_problem($t->admin(PATCH => '', { guardShare => 101 }), 400, $ANY, { guardShare => $ANY }, 'more than all');

# --- a share of the people with access ---
is($t->admin(POST => '/users', { userName => "local$_" })->{status}, 201, 'a local account') for 1 .. 10;
is($t->admin(POST => "/users/$users[11]/protect", { kind => 'break-glass' })->{status}, 200, 'one that is protected');
$t->admin(PATCH => '', { guardLimit => undef, guardShare => 20 });
is(sql("select count(*) from scim.resource where tenant = '$tenant' and type = 'User' and active and wire and protected is null"), 7,
    'seven of 24 are active and in reach');
is(deactivate($users[5])->{status}, 200, 'with the one who is inactive since they were eight, of which twenty percent are two');
is($t->request(DELETE => "/Users/$users[5]")->{status}, 204, 'the deletion of who is inactive weighs nothing');
held($t->request(DELETE => "/Users/$users[6]"), 3, 2, 'the third');
is_empty($t->patch("/Groups/$crew", [{ op => 'add', path => 'members', value => [map { { value => $_ } } @users[6 .. 9]] }]), 204, 'members come');
held($t->patch("/Groups/$crew", [{ op => 'remove', path => 'members' }]), 6, 2, 'and do not go');
$t->admin(PATCH => '', { guardLimit => 1 });
held($t->request(DELETE => "/Users/$users[6]"), 3, 1, 'the lower one of two holds');
$t->admin(PATCH => '', { guardLimit => 5, guardShare => 100 });
held($t->patch("/Groups/$crew", [{ op => 'remove', path => 'members' }]), 6, 5, 'be it the number');
is($t->admin(POST => "/users/$users[11]/unprotect", {})->{status}, 200, 'no longer protected');
$t->admin(PATCH => '', { guardShare => 20 });
sql("update scim.loss set at = at - interval '2 hours' where tenant = '$tenant'");
is_empty($t->request(DELETE => "/Users/$users[6]"), 204, 'after an hour it passes');
is(sql("select count(*) from scim.loss where tenant = '$tenant'"), 1, 'and what is older is forgotten');

# --- two requests at once ---
$t->admin(PATCH => '', { guardLimit => 1, guardShare => undef });
sql("update scim.loss set at = at - interval '2 hours' where tenant = '$tenant'");
my @sockets = map { my $socket = connect_httpd(); print $socket $t->raw_request(DELETE => "/Users/$_"); $socket } @users[7 .. 9, 11];
is_json([sort map { read_reply($_)->{status} } @sockets], ["204", ("429") x 3], 'of four at once one passes');

# --- nested groups ---
my @inner = map { $t->make(Users => userName => "inner$_") } 1 .. 3;
my $low = $t->make(Groups => displayName => 'Low', members => [map { { value => $_ } } @inner]);
my $middle = $t->make(Groups => displayName => 'Middle', members => [{ value => $low }]);
my $top = $t->make(Groups => displayName => 'Top', members => [{ value => $middle }]);
sql("update scim.loss set at = at - interval '2 hours' where tenant = '$tenant'");
held($t->patch("/Groups/$top", [{ op => 'remove', path => 'members' }]), 3, 1, 'a group with people below is taken out');
held($t->request(PUT => "/Groups/$middle", { schemas => [$GROUP], displayName => 'Middle' }), 3, 1, 'or replaced by nobody');
held($t->request(DELETE => "/Groups/$middle"), 3, 1, 'or deleted');
is_json([map { $t->stored_members($_) } $top, $middle], [[$middle], [$low]], 'nothing was done');

# --- and by administrators ---
is(sql("update scim.resource set doc = doc || '{\"active\": false}' where tenant = '$tenant' and type = 'User' and wire returning 1") =~ /^1/, 1,
    'administrators are not held');

# --- a Bulk request of several windows, of which a later one is the first that needs a leniency ---
my $windows = ScimTest->new('guard-windows');
$windows->admin(PATCH => '', { guardLimit => 1 });
my ($win, $wanda, $will) = map { $windows->make(Users => userName => $_) } qw(win wanda will);
sub titled { my ($op, $title) = @_;
    return { method => 'PATCH', path => "/Users/$will", data => { schemas => [$PATCH], Operations => [{ op => $op, path => 'title', value => $title }] } } }
held($windows->request(POST => '/Bulk', { schemas => [$BULK], Operations => [{ method => 'DELETE', path => "/Users/$win" },
    { method => 'DELETE', path => "/Users/$wanda" }, titled(replace => 'One'), titled(replace => 'Two'), titled(Replace => 'Three')] }), 2, 1, 'two of them');
is(sql("select count(*) from scim.resource where tenant = '${\ $windows->tenant}' and type = 'User' and wire"), 3, 'all are still there');

# --- a Bulk request whose first windows are refused as a whole ---
for my $case ([guard => { guardLimit => 10 }, 2], ['dry run' => { dryRun => true }, 0]) {
    my ($name, $setting, $gone) = @$case;
    my $late = ScimTest->new('guard-late');
    my @leave = map { $late->make(Users => userName => "leave$_") } 1 .. 2;
    $late->admin(PATCH => '', $setting);
    my $sent = { schemas => [$BULK], Operations => [
        (map { { method => 'POST', path => '/Users', bulkId => "b$_", data => { schemas => [$USER], userName => 'leave1' } } } 1 .. 300),
        map { { method => 'DELETE', path => "/Users/$_" } } @leave] };
    my $res = $late->request(POST => '/Bulk', $sent);
    is_json([map { $_->{status} } @{ $res->{json}{Operations} }], [('409') x 300, ('204') x 2], "$name: what is behind them is carried out");
    is(sql("select count(*) from scim.resource where tenant = '${\ $late->tenant}' and type = 'User' and not wire"), $gone, "$name: as it is stored");
}

# --- a setting that is switched on during a Bulk request, parts of which are committed ---
sub switched_on {
    my ($name, $setting) = @_;
    my $on = ScimTest->new("guard-$name");
    my @there = map { $on->make(Users => userName => "there$_") } 1 .. 3;
    my $pid = fork // die "fork: $!";
    if (!$pid) {
        exec "$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -q -o /dev/null -c), "begin; select from scim.resource
            where tenant = '${\ $on->tenant}' and id = '$there[0]' for update; select pg_sleep(1.25); commit";
    }
    eventually(sub { sql("select count(*) from pg_stat_activity where query like '%pg_sleep(1.25); commit%' and wait_event = 'PgSleep'") });
    my $socket = connect_httpd();
    print $socket $on->raw_request(POST => '/Bulk', { schemas => [$BULK], Operations => [
        (map { { method => 'POST', path => '/Users', bulkId => "b$_", data => { schemas => [$USER], userName => "new$_" } } } 1 .. 250),
        { method => 'PATCH', path => "/Users/$there[0]", data => { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'title', value => 'x' }] } },
        (map { { method => 'POST', path => '/Users', bulkId => "c$_", data => { schemas => [$USER], userName => "more$_" } } } 1 .. 100),
        map { { method => 'DELETE', path => "/Users/$_" } } @there] });
    ok(eventually(sub { sql("select count(*) from pg_stat_activity where usename = 'scim_web' and wait_event_type = 'Lock'") }), "$name: the Bulk request waits in its second part");
    is($on->admin(PATCH => '', $setting)->{status}, 200, "$name: switched on");
    waitpid $pid, 0;
    my $res = read_reply($socket);
    is($res->{status}, 200, "$name: the request has its answer") or diag substr $res->{body}, 0, 300;
    my %by;
    push @{ $by{ $_->{status} } }, $_ for @{ $res->{json}{Operations} };
    is(scalar @{ $res->{json}{Operations} || [] }, 354, "$name: of each operation");
    is_json([map { $_->{response}{detail} } $by{503}[0], $by{503}[-1]],
        [('The settings of this tenant were changed while the request was carried out. This operation was not; send it again.') x 2], "$name: what is not done is told") ;
    my ($users, $gone) = split /\|/, sql("select count(*) filter (where wire and doc ->> 'userName' !~ 'there'), count(*) filter (where not wire)
        from scim.resource where tenant = '${\ $on->tenant}' and type = 'User'");
    is_json([0 + $users, 0 + $gone], [scalar @{ $by{201} || [] }, 0], "$name: and what is done");
    ok(!$by{204}, "$name: nobody is deleted");
    is_json($on->admin(GET => '/holds')->{json}{items}, [], "$name: nothing is held");
    my ($told) = grep { $_->{path} eq '/Bulk' } @{ $on->admin(GET => '/activity')->{json}{items} };
    is_json([@$told{qw(status dryRun)}], [200, false], "$name: activity tells it as what it was");
    like($told->{reason}, qr/^\d+ of 354 operations failed; the first one: 503 The settings/, "$name: and how much was not done");
}
switched_on(guard => { guardLimit => 1 });
switched_on('dry-run' => { dryRun => true });

# --- the data in tokens about the tenant, while several administrators change it ---
my $race = ScimTest->new('guard-race');
my $ida = $race->make(Users => userName => 'ida');
my $club = $race->make(Groups => displayName => 'Club', members => [{ value => $ida }]);
my $pid = fork // die "fork: $!";
if (!$pid) {
    exec "$ENV{SCIM_TEST_PGBIN}/psql", qw(-X -q -o /dev/null -c), "begin; update scim.resource set protected = 'break-glass'
        where tenant = '${\ $race->tenant}' and id = '$ida'; select pg_sleep(2.5); commit";
}
ok(eventually(sub { sql("select count(*) from pg_stat_activity where query like '%pg_sleep(2.5); commit%' and wait_event = 'PgSleep'") }), 'a user is being protected');
my $newer = $race->new_token('second');
is($race->admin(PATCH => '', { guardLimit => 1000 })->{status}, 200, 'and the guard set, and a token made');
waitpid $pid, 0;
my $remove = { schemas => [$PATCH], Operations => [{ op => 'remove', path => qq(members[value eq "$ida"]) }] };
for ([{}, 'the token that was there'], [{ Authorization => "Bearer $newer" }, 'the new one']) {
    my ($headers, $name) = @$_;
    is_error($race->request(PATCH => "/Groups/$club", $remove, %$headers), 403, undef, $ANY, "$name knows of the protected user");
}
is(sql("select count(*) from scim.token where tenant = '${\ $race->tenant}' and traits like '%w%'"), 2, 'and both of the guard');

done_testing;
