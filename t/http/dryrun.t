# A tenant with dry runs: requests are checked and answered as usual, but change nothing except activity.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $t = ScimTest->new('dryrun')->unmasked;
my $tenant = $t->tenant;
my $kim = $t->make(Users => userName => 'kim', displayName => 'Kim');
my $lee = $t->make(Users => userName => 'lee');
my $crew = $t->make(Groups => displayName => 'Crew', members => [{ value => $kim }]);

sub stored {
    return join "\n", map { sql("select md5(string_agg(x::text, ',' order by x::text)) from scim.$_ x where tenant = '$tenant'") }
        qw(resource membership lookup tally audit);
}
# The activity of the latest request, when it is written.
my $rows = 0;
sub latest {
    my $id;
    my $res = eventually(sub {
        my $list = $t->admin(GET => '/activity?limit=500')->{json}{items};
        return unless @$list > $rows;
        $rows = @$list;
        $id = $list->[0]{id};
    });
    return $id ? $t->admin(GET => "/activity/$id")->{json} : undef;
}
eventually(sub { sql("select count(*) from scim.activity where tenant = '$tenant'") == 3 });
$rows = 3;

is($t->admin(PATCH => '', { dryRun => true })->{json}{dryRun}, true, 'the tenant runs dry');
my $before = stored();

# --- single requests ---
my $res = $t->request(POST => '/Users', { schemas => [$USER], userName => 'new', displayName => 'New' });
is_reply($res, 201, $t->user({ userName => 'new', displayName => 'New', active => true }, undef, 1), 'POST');
my $told = latest();
is_json($told->{changes}, { count => 1, items => [{ action => 'create', objectType => 'User', objectId => $res->{json}{id}, objectName => 'new',
    before => undef, after => { schemas => [$USER], userName => 'new', displayName => 'New', active => true } }] }, 'what it would have changed');
is_json([@$told{qw(method path status outcome dryRun object reason)}], ['POST', '/Users', 201, 'done', true, 'new', undef], 'the rest of it');
is($t->request(GET => "/Users/$res->{json}{id}")->{status}, 404, 'it is not there');

is_error($t->request(POST => '/Users', { schemas => [$USER], userName => 'KIM' }), 409, 'uniqueness', $ANY, 'a userName that is taken');
is_json([@{ latest() }{qw(status dryRun changes)}], [409, false, undef], 'refused as ever');
is_error($t->request(POST => '/Users', { schemas => [$USER] }), 400, 'invalidValue', $ANY, 'without userName');
latest();

$res = $t->request(PUT => "/Users/$kim", { schemas => [$USER], userName => 'kim', displayName => 'Kimberley' });
is_reply($res, 200, $t->user({ userName => 'kim', displayName => 'Kimberley', active => true,
    groups => [{ value => $crew, '$ref' => $t->url . "/Groups/$crew", display => 'Crew', type => "direct" }] }, $kim, 2), "PUT");
is_json(latest()->{changes}{items}[0]{before}, { displayName => 'Kim' }, 'what it was');
$res = $t->patch("/Users/$kim", [{ op => 'replace', path => 'active', value => false }]);
is($res->{status}, 200, 'PATCH of a user');
is($res->{json}{active}, false, 'shows what it would be');
is_json(latest()->{changes}{items}[0]{after}, { active => false }, 'what it would be');
is_empty($t->patch("/Groups/$crew", [{ op => 'add', path => 'members', value => [{ value => $lee }] }]), 204, 'PATCH of a group');
is_json(latest()->{changes}{items}[0], { action => 'add-members', objectType => 'Group', objectId => $crew, objectName => 'Crew', before => undef,
    after => { members => [$lee] } }, 'its members');
is_error($t->patch("/Groups/$crew", [{ op => 'add', path => 'members', value => [{ value => $crew =~ s/.{4}$/0000/r }] }]), 400, 'invalidValue',
    $ANY, 'a member who does not exist');
latest();
is_empty($t->patch("/Groups/$crew", [{ op => 'add', path => 'members', value => [{ value => $kim }] }]), 204, 'nothing to change');
is_json(latest()->{changes}, undef, 'nothing would have changed');
$res = $t->request(PUT => "/Users/$kim", { schemas => [$USER], userName => 'kim', displayName => 'Kim', active => true });
is($res->{status}, 200, 'PUT of what is there');
is(stored(), $before, 'and not even the version is another one');
latest();
is_empty($t->request(DELETE => "/Users/$kim"), 204, 'DELETE');
is_json([map { $_->{action} } @{ latest()->{changes}{items} }], ['delete', 'remove-members'], 'and what it brings with it');
is_empty($t->request(DELETE => "/Users/$kim"), 204, 'it can be deleted again');
latest();
is($t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'New', members => [{ value => $lee }] })->{json}{members}[0]{value}, $lee,
    'a new group shows its members');
latest();
is(stored(), $before, 'nothing has changed');

# --- Bulk ---
sub bulk { $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [@_] }) }
$res = bulk(
    { method => 'POST', path => '/Users', bulkId => 'u', data => { schemas => [$USER], userName => 'bulk' } },
    { method => 'POST', path => '/Groups', bulkId => 'g', data => { schemas => [$GROUP], displayName => 'Bulk', members => [{ value => 'bulkId:u' }] } },
    { method => 'POST', path => '/Users', bulkId => 'x', data => { schemas => [$USER], userName => 'kim' } },
    { method => 'PATCH', path => '/Users/bulkId:u', data => { schemas => [$PATCH], Operations => [{ op => 'add', path => 'title', value => 'Boss' }] } },
    { method => 'PUT', path => '/Users/bulkId:u', data => { schemas => [$USER], userName => 'bulk', title => 'Chief' } },
    { method => 'PATCH', path => '/Groups/bulkId:g', data => { schemas => [$PATCH], Operations => [{ op => 'remove', path => 'members' }] } },
    { method => 'DELETE', path => "/Users/$lee" },
    { method => 'DELETE', path => "/Users/$lee" });
is($res->{status}, 200, 'Bulk');
is_json([map { $_->{status} } @{ $res->{json}{Operations} }], [qw(201 201 409 200 200 204 204 404)], 'each operation sees those before it');
$told = latest();
is($told->{reason}, '2 of 8 operations failed; the first one: 409 userName is already used by another User. Match that user instead of creating it again, or send another userName.', 'what failed');
is_json([map {"$_->{action} $_->{objectName}"} @{ $told->{changes}{items} }],
    ['create bulk', 'create Bulk', 'add-members Bulk', 'update bulk', 'update bulk', 'remove-members Bulk', 'delete lee'], 'what would have changed');
is(stored(), $before, 'nothing has changed');

$res = bulk({ method => 'PUT', path => "/Users/$kim", data => { schemas => [$USER], userName => 'kim', displayName => 'Kim', active => true } });
is($res->{json}{Operations}[0]{status}, 200, 'PUT of what is there, in Bulk');
latest();
is(stored(), $before, 'and not even the version is another one');

my @many = map { { method => 'POST', path => '/Users', bulkId => "b$_", data => { schemas => [$USER], userName => "many$_" } } } 1 .. 250;
$res = bulk(@many, { method => 'PATCH', path => '/Users/bulkId:b1', data => { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'active', value => false }] } });
is_json([map { $_->{status} } @{ $res->{json}{Operations} }], [('201') x 250, '200'], 'an operation refers to one of long before');
$told = latest();
is($told->{changes}{count}, 251, 'all are counted');
is(scalar @{ $told->{changes}{items} }, 100, 'and a hundred told');
is(stored(), $before, 'nothing has changed');

# --- afterwards ---
is($t->request(GET => '/Users?count=0')->{json}{totalResults}, 2, 'reads are real');
is($t->admin(PATCH => '', { dryRun => false })->{json}{dryRun}, false, 'no longer dry');
is_empty($t->request(DELETE => "/Users/$kim"), 204, 'DELETE');
is($t->request(GET => "/Users/$kim")->{status}, 404, 'is done');
unlike(join('', do { open my $log, '<', "$ENV{SCIM_TEST_WORK}/pg.log"; <$log> }), qr/Kimberley/, "PostgreSQL's log has nothing of it");

# --- what activity masks ---
my $anna = $t->make(Users => userName => 'anna.secret', displayName => 'Anna', emails => [{ value => 'anna@secret.example' }]);
eventually(sub { sql("select count(*) from scim.activity where tenant = '$tenant' and path = '/Users/$kim' and status = 404") });
$rows = @{ $t->admin(GET => '/activity?limit=500')->{json}{items} };
$t->admin(PATCH => '', { dryRun => true, activityMask => ['EMAILS', 'userName', 'displayname'] });
is($t->patch("/Users/$anna", [{ op => 'replace', path => 'emails', value => [{ value => 'other@secret.example' }] },
    { op => 'replace', path => 'title', value => 'Boss' }])->{status}, 200, 'PATCH');
is_json(latest()->{changes}, { count => 1, items => [{ action => 'update', objectType => 'User', objectId => $anna, objectName => '***',
    before => { emails => '***' }, after => { emails => '***', title => 'Boss' } }] }, 'what is masked is not in what would have changed');
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'ben.secret', password => 'hunter2' })->{status}, 201, 'POST');
$told = latest();
is($told->{object}, '***', 'nor is the name');
is_json($told->{changes}{items}[0], { action => 'create', objectType => 'User', objectId => $ANY, objectName => '***', before => undef,
    after => { schemas => [$USER], userName => '***', displayName => '***', active => true } }, 'of a new user');
is($t->request(POST => '/Groups', { schemas => [$GROUP], displayName => 'Group secret', members => [{ value => $anna }] })->{status}, 201, 'POST of a group');
$told = latest();
is_json([$told->{object}, map { $_->{objectName} } @{ $told->{changes}{items} }], [('***') x 3], 'or of a group');
$t->admin(PATCH => '', { dryRun => false });
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'ben.secret' })->{status}, 201, 'no dry run');
is(latest()->{object}, '***', 'masks the same');
is_error($t->request(POST => '/Users', { schemas => [$USER], userName => 'Ben.secret' }), 409, 'uniqueness', $ANY, 'a refusal');
is(latest()->{object}, '***', 'too');
my $gone = $t->new_token('gone');
scimctl(qw(token revoke --tenant), $tenant, 'gone');
$t->request(GET => '/Users?filter=userName%20eq%20%22ben.secret%22', undef, Authorization => "Bearer $gone");
is(latest()->{path}, '/Users?***', 'and whoever is no longer let in');
$t->admin(PATCH => '', { activityMask => ['displayName'] });
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'cleo', displayName => 'Cleo' })->{status}, 201, 'another mask');
is(latest()->{object}, 'cleo', 'shows what it does not name');
is(sql("select count(*) from scim.activity a where tenant = '$tenant' and a::text ~* 'ben.secret|group secret|other\@secret'"), 0, 'nothing of it is there');
$t->admin(PATCH => '', { activityMask => [] });

# --- long documents ---
my @long = map { $t->make(Users => userName => "long$_") } 1 .. 3;
sql("update scim.resource set doc = doc || jsonb_build_object('title', repeat('x', 400000)) where tenant = '$tenant' and id = '$_'") for @long;
$t->admin(PATCH => '', { dryRun => true });
$res = bulk(map { { method => 'PATCH', path => "/Users/$_", data => { schemas => [$PATCH], Operations => [{ op => 'remove', path => 'title' }] } } } @long);
is_json([map { $_->{status} } @{ $res->{json}{Operations} }], [('200') x 3], 'documents that are long');
$told = eventually(sub {
    my $id = $t->admin(GET => '/activity?q=Bulk&limit=1')->{json}{items}[0]{id};
    my $latest = $t->admin(GET => "/activity/$id")->{json}{changes};
    return $latest && $latest->{count} == 3 && $latest;
});
is_json([map { [$_->{objectName}, length($_->{before}{title} // ''), $_->{omitted}] } @{ $told->{items} }],
    [['long1', 400_000, undef], ['long2', 400_000, undef], ['long3', 0, true]], 'of the last it is told that it would have changed, and not how');

done_testing;
