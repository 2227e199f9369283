# Reviews of access: who has what, since when and why. A review of now must equal the view scim.access, and a review of
# a past moment what the view had then. First each kind of change, then random changes.
use strict;
use warnings;
use utf8;
use Encode 'encode_utf8';
use Test::More;
use URI::Escape 'uri_escape_utf8';
use ScimTest;

my $seed = $ENV{SCIM_TEST_SEED} // time;
srand $seed;
note "SCIM_TEST_SEED=$seed";
sub some { return $_[rand @_] }

my $t = ScimTest->new('review');
my $tenant = $t->tenant;
sub clock { return sql("select scim.time_text(clock_timestamp())") }

# Sources of the same time and kind have no order, and neither have two names of one source.
sub ordered {
    my @rows = map { { %$_, why => [sort @{ $_->{why} }], sources => [sort { json($a) cmp json($b) } @{ $_->{sources} }] } } @_;
    return [sort { "$a->{userId} $a->{kind} $a->{name}" cmp "$b->{userId} $b->{kind} $b->{name}" } @rows];
}
sub review {
    my ($of, $at) = @_;
    my $res = $of->admin(GET => '/access' . (defined $at ? "?at=$at" : ''), undef, Accept => 'application/jsonl');
    is($res->{status}, 200, 'a review') or diag $res->{body};
    return ordered(map { unjson($_) } split /\n/, $res->{body});
}
# The view's answer, by which everything else decides.
sub truth {
    my ($of) = @_;
    my $text = sql("set scim.tenant = '$of->{tenant}'; select coalesce(jsonb_agg(jsonb_build_object('userId', a.user_id, 'userName', r.doc -> 'userName', 'displayName', r.doc -> 'displayName',
        'kind', a.kind, 'id', a.id, 'name', a.name, 'seated', a.seated, 'since', scim.time_text(a.since), 'sources', a.sources,
        'why', (select jsonb_agg(s.value -> 'text') from jsonb_array_elements(a.sources) s))), '[]')
        from scim.access a join scim.resource r on r.tenant = a.tenant and r.id = a.user_id where a.tenant = '$of->{tenant}'");
    $text =~ s/^SET\n//;
    return ordered(@{ unjson(encode_utf8($text)) });
}

# --- each kind of change -----------------------------------------------------------------------------------------------------

my @moments; # [when, what it was, what was done]
sub remember {
    my ($of, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    my $now = review($of);
    is_json($now, truth($of), "now, after: $name");
    push @moments, [clock(), $now, $name];
}
sub done { my ($res, $name) = @_; cmp_ok($res->{status}, '<', 300, $name) or diag $res->{body}; remember($t, $name); return $res->{json} }
sub members { my ($op, $group, @ids) = @_; return $t->patch("/Groups/$group", [map { { op => $op, $op eq 'add' ? (path => 'members', value => [{ value => $_ }]) : (path => qq(members[value eq "$_"])) } } @ids]) }

my %id;
$id{$_} = done($t->request(POST => '/Users', { schemas => [$USER], userName => $_, displayName => ucfirst, $_ eq 'cy' ? (roles => [{ value => 'read-only' }]) : () }), "$_ is made")->{id} for qw(ann ben cy);
$id{Sales} = done($t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'Sales', members => [{ value => $id{ann} }] }), 'a group')->{id};
$id{Lab} = done($t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'Lab' }), 'another')->{id};
done($t->admin(POST => '/subscriptions', { name => 'Web', automatic => true }), 'a subscription');
done($t->admin(POST => '/subscriptions', { name => 'Pro', seats => 1 }), 'one with a seat');
done($t->admin(PATCH => '', { syncPolicy => 'all' }), 'policy all');
done($t->admin(PATCH => '/subscriptions/Web', { automatic => false }), 'no longer automatic');
done($t->admin(PATCH => '/subscriptions/Web', { automatic => true }), 'and again');
done($t->admin(PATCH => '', { syncPolicy => 'groups' }), 'policy groups');
my $mapped = done($t->admin(POST => '/mappings', { group => 'Sales', subscription => 'Pro' }), 'a mapping')->{id};
done($t->admin(POST => '/mappings', { group => 'Lab', role => 'administrator' }), 'one of a role');
done(members(add => $id{Lab}, $id{ben}, $id{cy}), 'two join');
done(members(add => $id{Sales}, $id{ben}), 'one waits for a seat');
done(members(remove => $id{Sales}, $id{ann}), 'one leaves, who waited has the seat');
done(members(add => $id{Sales}, $id{ann}), 'and comes back, and waits');
done($t->admin(PATCH => '/subscriptions/Pro', { seats => 0 }), 'no seat');
done($t->admin(PATCH => '/subscriptions/Pro', { seats => 2 }), 'two seats');
my $grant = done($t->admin(POST => '/grants', { user => 'cy', subscription => 'Pro' }), 'a grant')->{id};
done($t->admin(PATCH => '/subscriptions/Pro', { name => 'Professional' }), 'another name');
done($t->admin(DELETE => "/grants/$grant"), 'the grant is taken back');
$grant = done($t->admin(POST => '/grants', { user => 'cy', subscription => 'Professional' }), 'and made again')->{id};
done($t->admin(POST => '/users/ann/protect', { kind => 'break-glass' }), 'one is protected');
done($t->admin(PATCH => '', { syncPolicy => 'manual' }), 'policy manual');
done($t->admin(PATCH => '', { syncPolicy => 'groups' }), 'and groups again');
done($t->admin(POST => '/users/ann/unprotect', {}), 'and not protected');
done($t->admin(DELETE => "/mappings/$mapped"), 'no mapping');
$mapped = done($t->admin(POST => '/mappings', { group => 'Sales', subscription => 'Professional' }), 'and again')->{id};
done($t->patch("/Users/$id{ben}", [{ op => 'replace', path => 'active', value => false }]), 'one is deactivated');
done($t->patch("/Users/$id{ben}", [{ op => 'replace', path => 'active', value => true }, { op => 'replace', path => 'userName', value => 'benjamin' }]), 'and comes back under another name');
done($t->request(PUT => "/Groups/$id{Sales}", { schemas => [$GROUP], displayName => 'Sales and more', members => [{ value => $id{ben} }] }), 'a group has another name and fewer members');
done($t->request(DELETE => "/Groups/$id{Lab}"), 'a group is archived');
done($t->admin(POST => "/groups/$id{Lab}/restore", {}), 'and restored');
done($t->request(DELETE => "/Users/$id{cy}"), 'one is deleted');
done($t->admin(POST => "/users/$id{cy}/restore", {}), 'and restored');
done($t->admin(PATCH => '/users/cy', { role => 'office-admin' }), 'another role');
done($t->admin(PATCH => '/users/cy', { role => undef }), 'none of its own');
done($t->admin(PATCH => '', { defaultRole => 'read-only' }), 'another default');
$id{Local} = done($t->admin(POST => '/groups', { displayName => 'Local' }), 'a local group')->{id};
done($t->admin(POST => '/mappings', { group => 'Local', subscription => 'Professional' }), 'that is mapped');
done($t->admin(POST => '/templates', { name => 'New', subscriptions => ['Web'], groups => ['Local'] }), 'a template');
$id{dan} = done($t->request(POST => '/Users', { schemas => [$USER], userName => 'dan' }), 'a new user has what it gives')->{id};
$id{eve} = done($t->admin(POST => '/users', { userName => 'eve', displayName => 'Eve' }), 'a local user')->{id};
done($t->admin(PATCH => '', { sentEntitlements => 'match' }), 'entitlements that are sent count');
done($t->patch("/Users/$id{ben}", [{ op => 'add', path => 'entitlements', value => [{ value => 'Web' }] }]), 'one is sent');
done($t->patch("/Users/$id{ben}", [{ op => 'remove', path => 'entitlements' }]), 'and taken back');
done($t->admin(PATCH => '', { restoreMappings => 'displayName' }), 'groups find their mappings again');
done($t->request(DELETE => "/Groups/$id{Lab}"), 'a group goes');
$id{Lab} = done($t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'Lab', members => [{ value => $id{ben} }] }), 'and is made again')->{id};
done($t->admin(PATCH => '', { loginPolicy => 'first-login' }), 'first login');
done($t->admin(POST => '/users/eve/login', {}), 'a login');
done($t->admin(POST => '/grants', { user => 'eve', subscription => 'Professional' }), 'a grant of hers');
done($t->admin(POST => '/users/eve/merge', { into => 'cy', confirm => 'eve' }), 'a merge');
$id{Top} = done($t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'Top' }), 'a group')->{id};
done(members(add => $id{Top}, $id{Sales}), 'with a group in it');
done($t->admin(POST => '/mappings', { group => 'Top', subscription => 'Web' }), 'that is mapped');
done(members(remove => $id{Top}, $id{Sales}), 'and no longer in it');
done(members(add => $id{Top}, $id{Sales}), 'and again');
done($t->request(DELETE => "/Groups/$id{Sales}"), 'the group in between is archived');
done($t->admin(POST => "/users/$id{ben}/convert", {}), 'one becomes local');
done($t->request(DELETE => "/Users/$id{dan}"), 'one goes');
done($t->admin(POST => "/users/$id{dan}/erase", {}), 'and is erased');
done($t->admin(PATCH => '', { deletion => 'erase' }), 'deletion erases');
done($t->request(DELETE => "/Users/$id{ann}"), 'who is deleted is erased');
done($t->admin(POST => '/tenants', {}), 'x') if 0;

is_json(review($t, $_->[0]), $_->[1], "then, after: $_->[2]") for @moments;

# --- arguments ---------------------------------------------------------------------------------------------------------------------

my ($first) = @moments;
my $begins = sql("select scim.time_text(min(at)) from scim.audit where tenant = '$tenant'");
is_problem($t->admin(GET => '/access?at=2001-01-01T00:00:00Z'), 400, "at: The audit log begins at $begins; give a later time.", { at => $ANY }, 'before the log begins');
is_problem($t->admin(GET => '/access?at=2101-01-01T00:00:00Z'), 400, 'at: This time is in the future. Give one in the past, or none to see the current state.', { at => $ANY }, 'after now');
is_problem($t->admin(GET => '/access?at=yesterday'), 400, $ANY, { at => $ANY }, 'no time');
is(review($t, $begins)->[0], undef, 'when it began there was nobody');
my ($when, $then) = @{ $moments[12] };
my (@pages, $next);
do {
    my $page = $t->admin(GET => "/access?at=$when&limit=1" . (defined $next ? "&after=$next" : ''))->{json};
    cmp_ok(scalar(keys %{ { map { $_->{userId} => 1 } @{ $page->{items} } } }), '<=', 1, 'one person on a page');
    push @pages, @{ $page->{items} };
    $next = $page->{next};
} while (defined $next);
is_json(ordered(@pages), $then, 'page by page, with the same seats');
my ($page) = map { $_->{json}{next} } $t->admin(GET => "/access?at=$when&limit=1");
like($page, qr/^[-0-9a-f]{36}_\d+_/, 'where a page goes on: after whom, and at which moment');
for ('x', $id{cy}, "$id{cy}_", "$id{cy}_x", "$id{cy}_-1_", "$id{cy}_1_x", "$id{cy}_1_$id{cy}_1_2_", "$id{cy}_1_$id{cy}_1_2_x_", "$id{cy}_1_$id{cy}_1_2_$id{cy}", '_') {
    is_problem($t->admin(GET => "/access?after=$_"), 400, $ANY, { after => 'is not a valid page token; use the `next` value of a previous page.' }, "no such page: $_");
}
my $csv = scimctl(qw(access review --csv --tenant), $tenant, '--at', $when);
like($csv, qr/^userId,userName,displayName,kind,id,name,seated,since,why,sources\r\n/, 'scimctl access review --csv');
is(() = ($csv =~ /\r\n/g), @$then + 1, 'all of it');
is_json(ordered(map { unjson($_) } split /\n/, scimctl(qw(access review --jsonl --tenant), $tenant, '--at', $when)), $then, 'scimctl access review --jsonl');
like(scimctl(qw(access review --tenant), $tenant, '--at', $when), qr/^User +Kind +Name +Seated +Since +Why\n.*^cy +role +read-only +yes +20\S+Z +the account's own$/ms, 'for people');
my ($said, $code) = run_ok("$ENV{SCIM_TEST_WORK}/bin/scimctl", qw(access review --tenant), $tenant, qw(--at 2001-01-01));
is($code, 2, 'a moment that is too early is a wrong command line');
like($said, qr/^scimctl: at: The audit log begins at $begins/, 'which says from when on it goes');
my $other = ScimTest->new('review-other');
is_json(review($other), [], 'nothing of another tenant');
$t->request(PATCH => "/Users/$id{cy}", { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'displayName', value => '=cmd' }] });
like($t->admin(GET => '/access', undef, Accept => 'text/csv')->{body}, qr/,"'=cmd",/, 'what a spreadsheet would take for a formula has an apostrophe');

# --- at random ---------------------------------------------------------------------------------------------------------------------

my $r = ScimTest->new('review-random');
@moments = ();
my @users = map { $r->make(Users => userName => "user$_", rand() < 0.3 ? (roles => [{ value => 'read-only' }]) : ()) } 1 .. 7;
my @groups = map { $r->make(Groups => displayName => "Group $_") } 1 .. 5;
$r->admin(POST => '/subscriptions', { name => "Sub $_", ($_ % 2 ? (seats => $_) : ()), automatic => $_ % 3 == 0 ? true : false }) for 1 .. 4;
# The server may refuse some of these changes, which does not matter.
my @changes = (
    (sub { $r->patch('/Groups/' . some(@groups), [{ op => 'add', path => 'members', value => [map { { value => some(@users) } } 1 .. 3] }]) }) x 3,
    sub { $r->patch('/Groups/' . some(@groups), [{ op => 'add', path => 'members', value => [{ value => some(@groups), type => 'Group' }] }]) },
    (sub { $r->patch('/Groups/' . some(@groups), [{ op => 'remove', path => 'members[value eq "' . some(@users, @groups) . '"]' }]) }) x 2,
    sub { $r->patch('/Groups/' . some(@groups), [{ op => 'remove', path => 'members' }]) if rand() < 0.3 },
    (sub { $r->admin(POST => '/mappings', { group => some(@groups), subscription => 'Sub ' . (1 + int rand 4) }) }) x 2,
    sub { $r->admin(POST => '/mappings', { group => some(@groups), role => some(qw(administrator read-only)) }) },
    sub { my @all = @{ $r->admin(GET => '/mappings')->{json}{items} }; $r->admin(DELETE => '/mappings/' . some(@all)->{id}) if @all },
    (sub { $r->admin(POST => '/grants', { user => some(@users), subscription => 'Sub ' . (1 + int rand 4) }) }) x 2,
    sub { my @all = @{ $r->admin(GET => '/grants')->{json}{items} }; $r->admin(DELETE => '/grants/' . some(@all)->{id}) if @all },
    sub { $r->admin(POST => '/users/' . some(@users) . '/login', {}) },
    sub { $r->admin(PATCH => '', { syncPolicy => some(qw(manual all groups groups)) }) },
    sub { $r->admin(PATCH => '', { loginPolicy => some(qw(manual first-login)) }) },
    sub { $r->admin(PATCH => '', { defaultRole => some(qw(user read-only)) }) if rand() < 0.3 },
    sub { $r->admin(PATCH => '/users/' . some(@users), { role => some(undef, 'user', 'administrator') }) },
    sub { $r->patch('/Users/' . some(@users), [{ op => 'replace', path => 'active', value => some(true, false, true) }]) },
    (sub { $r->admin(POST => '/users/' . some(@users) . '/' . some(qw(protect unprotect)), {}) }) x 2,
    sub { $r->admin(PATCH => '/subscriptions/' . uri_escape_utf8('Sub ' . (1 + int rand 4)), some({ seats => int rand 4 }, { seats => undef }, { automatic => some(true, false) })) },
    sub { $r->request(DELETE => '/Groups/' . some(@groups)) if rand() < 0.4 },
    sub { $r->admin(POST => '/groups/' . some(@groups) . '/restore', {}) },
    sub { $r->request(DELETE => '/Users/' . some(@users)) if rand() < 0.4 },
    sub { $r->admin(POST => '/users/' . some(@users) . '/restore', {}) },
    sub { $r->admin(POST => '/users/' . some(@users) . '/convert', {}) if rand() < 0.3 },
    sub { my ($one, $other) = (some(@users), some(@users)); my $name = $r->admin(GET => "/users/$one")->{json}{userName};
        $r->admin(POST => "/users/$one/merge", { into => $other, confirm => $name }) if rand() < 0.3 },
);
for my $round (1 .. 60) {
    some(@changes)->() for 1 .. 2;
    remember($r, "round $round");
}
is_json(review($r, $_->[0]), $_->[1], "then, after: $_->[2]") for @moments;

done_testing;
