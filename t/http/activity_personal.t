# What activity stores of people by default: no value that identifies a person, in no column. An administrator can still
# find the requests about a person.
use strict;
use warnings;
use utf8;
use Test::More;
use Encode ();
use URI::Escape 'uri_escape_utf8';
use ScimTest;

my $ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $t = ScimTest->new('personal');
my $tenant = $t->tenant;
# Each value that identifies the person contains this text.
my $who = 'zyxw';

my @columns = qw(path reason object body::text changes::text);
# The rows of the requests since the last call, oldest first, as they are stored.
my $seen = 0;
sub rows {
    my ($count) = @_;
    my $all = $seen + $count;
    ok(eventually(sub { sql("select count(*) from scim.activity where tenant = '$tenant' and (body_length is not null or method in ('GET', 'DELETE') or status = 401)") >= $all }), "$count more")
        or diag sql("select method, path, status, body_length from scim.activity where tenant = '$tenant' order by at");
    my @rows = split /\n/, sql("select to_jsonb(a) from scim.activity a where tenant = '$tenant' order by at, id offset $seen");
    $seen = $all;
    return map { unjson(Encode::encode('UTF-8', $_)) } @rows;
}
sub nobody {
    my ($name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    for my $column (@columns) {
        is(sql("select $column from scim.activity where tenant = '$tenant' and $column ~* '$who' limit 3"), '', "$name: nobody in $column");
    }
}

# --- the default ---
is_json($t->admin(GET => '')->{json}{activityMask}, ['personal'], 'what a new tenant masks');
is_json($t->admin(GET => '')->{json}{activityBodies}, false, 'and bodies are not kept');
is_json($t->admin(PATCH => '', { activityBodies => true })->{json}{activityMask}, ['personal'], 'bodies are kept');

# --- each way in which a request names a person ---
my %kim = (schemas => [$USER, $ENTERPRISE], userName => "$who\@x.example", externalId => "$who-1", displayName => "K $who", nickName => $who, title => 'Chief', locale => 'de', timezone => 'Europe/Vienna',
    profileUrl => "https://x.example/$who", name => { formatted => "K $who", familyName => $who, givenName => "K$who" }, active => true,
    emails => [{ value => "$who\@x.example", type => 'work', primary => true }], phoneNumbers => [{ value => "+1 $who" }], ims => [{ value => $who }], photos => [{ value => "https://x.example/$who.png" }],
    addresses => [{ streetAddress => $who, locality => $who }], $ENTERPRISE => { employeeNumber => $who, department => 'Sales', manager => { value => $who, displayName => $who } });
my $kim = $t->request(POST => '/Users', \%kim)->{json}{id};
my ($row) = rows(1);
is_json([@$row{qw(method path status object resource_type resource_id reason)}], ['POST', '/Users', 201, '***', 'User', $kim, undef], 'a user is made');
is_json($row->{body}, { schemas => [$USER, $ENTERPRISE], title => 'Chief', locale => 'de', timezone => 'Europe/Vienna', active => true, $ENTERPRISE => { department => 'Sales', employeeNumber => '***', manager => '***' },
    map { $_ => '***' } qw(userName externalId displayName nickName profileUrl name emails phoneNumbers ims photos addresses) }, 'what is no name or address is there');

my %unknown = (schemas => [$USER, 'urn:x:2.0:User'], userName => "$who-2", badge => $who, 'urn:x:2.0:User' => { salary => $who }, roles => [{ value => 'user', display => $who }]);
is($t->request(POST => '/Users', \%unknown)->{status}, 201, 'what no schema knows');
($row) = rows(1);
is_json($row->{body}, { %unknown, userName => '***', badge => '***', 'urn:x:2.0:User' => '***', roles => [{ value => 'user', display => '***' }] }, 'is not shown either');
is_json($row->{leniencies}, ['unknown-extension'], 'the leniency that it needed is in its row');
like($row->{reason}, qr/badge/, 'and is named');

my @asked = ([409, POST => '/Users', \%kim], [400, POST => '/Users', { %kim, userName => "$who-3", externalId => "$who-3", roles => [{ value => 'boss' }] }], [400, POST => '/Users', { %kim, emails => $who }],
    [400, POST => '/Users', { %kim, active => 'maybe' }], [400, POST => '/Users', { %kim, userName => undef }],
    [200, PATCH => "/Users/$kim", { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'name.familyName', value => $who }, { op => 'add', path => 'emails[type eq "home"].value', value => "$who\@y.example" }] }],
    [200, PATCH => "/Users/$kim", { schemas => [$PATCH], Operations => [{ op => 'replace', value => { "name.givenName" => $who, "$ENTERPRISE:employeeNumber" => $who } }] }],
    [200, PATCH => "/Users/$kim", { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'shoeSize', value => $who }] }],
    [400, PATCH => "/Users/$kim", { schemas => [$PATCH], Operations => [{ op => 'replace', path => "emails[value eq \"$who\@x.example\"", value => 1 }] }],
    [400, PATCH => "/Users/$kim", { schemas => [$PATCH], Operations => [{ op => 'replace', path => "userName", value => [$who, $who] }] }],
    [200, PUT => "/Users/$kim", { %kim, userName => "$who-9" }],
    [404, PUT => "/Users/$who", \%kim],
    [400, POST => '/Groups', { schemas => [$GROUP], displayName => 'Sales', members => [{ value => "$who\@x.example", display => $who }] }],
    [200, POST => '/Bulk', { schemas => [$BULK], Operations => [{ method => 'POST', path => '/Users', bulkId => 'a', data => { %kim, userName => "$who-b", externalId => "$who-b" } },
        { method => 'DELETE', path => "/Users/$who" }, { method => 'POST', path => '/Users', bulkId => 'b', data => \%kim }] }],
    [200, POST => '/Users/.search', { schemas => ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter => "userName eq \"$who\"", count => 0 }]);
is($t->request(@$_[1 .. 3])->{status}, $_->[0], "$_->[1] $_->[2] is answered $_->[0]") for @asked;
is($t->request(GET => $_)->{status}, 200, $_) for map { '/Users?count=1&filter=' . uri_escape_utf8($_) } qq(userName eq "$who"), qq(emails.value co "$who"), qq(name.familyName sw "$who" and active eq true), qq(externalId eq "$who");
is($t->request(GET => $_)->{status}, 400, $_) for map { '/Users?filter=' . uri_escape_utf8($_) } qq(userName eq "$who), qq(shoeSize eq), qq(userName is "$who");
is($t->request(GET => "/Users?count=0&who=$who")->{status}, 200, 'a parameter that is none');
is($t->request(GET => "/Users/$who\@x.example")->{status}, 404, 'who is not there');
is($t->request(GET => "/Users?count=0&filter=userName+eq+%22$who%22", undef, Authorization => 'Bearer ' . $t->new_token('gone') =~ s/(.)$/$1 eq 'x' ? 'y' : 'x'/er)->{status}, 401, 'a token that is none');
rows(@asked + 4 + 3 + 3);
nobody('enforced');
for ([409, '/Users', 'userName is already used by another User. Match that user instead of creating it again, or send another userName.'], [404, '/Users/***', 'User "***" does not exist.']) {
    my ($status, $path, $reason) = @$_;
    is(sql("select distinct reason from scim.activity where tenant = '$tenant' and status = $status and path = '$path' and method in ('POST', 'PUT')"), $reason, "the reason of $status, without the name");
}
like(sql("select reason from scim.activity where tenant = '$tenant' and reason like 'Role not found%'"), qr/^Role not found: boss\. The roles here are: administrator, office-admin, user/, 'a role is shown, and what to do');
is(sql("select path from scim.activity where tenant = '$tenant' and path like '%25familyName%25active%' or tenant = '$tenant' and path like '%familyName%active%'"),
    '/Users?count=1&filter=name.familyName%20sw%20%22***%22%20and%20active%20eq%20***', 'what a filter compares');

# --- dry runs and holds ---
$t->admin(PATCH => '', { dryRun => true });
is($t->request(PUT => "/Users/$kim", { %kim, userName => "$who-dry" })->{status}, 200, 'a dry run');
($row) = rows(1);
is_json([@{ $row->{changes}{items}[0] }{qw(objectName objectId)}], ['***', $kim], 'what it would have changed');
$t->admin(PATCH => '', { dryRun => false, guardLimit => 2, guardLogins => false });
is($t->request(DELETE => '/Users/' . $t->make(Users => userName => "$who-d$_"))->{status}, $_ < 3 ? 204 : 429, "deletion $_") for 1 .. 3;
rows(6);
nobody('dry run and hold');
is(sql("select count(*) from scim.hold where tenant = '$tenant' and to_jsonb(hold)::text ~ '$who'"), 0, 'nor in the hold');

# --- an administrator finds the requests ---
sub found { my ($query) = @_; return @{ $t->admin(GET => "/activity?limit=500&$query")->{json}{items} } }
my $name = uri_escape_utf8("$who-9");
my $about = sql("select count(*) from scim.activity where tenant = '$tenant' and resource_id = '$kim'");
cmp_ok($about, '>', 5, 'requests about one user');
is(scalar(my @list = found("user=$kim")), $about, 'by its id');
is(scalar found("user=$name"), $about, 'by its userName');
is(scalar found("q=$name"), $about, 'by a search');
is_json([grep { $_->{object} ne '***' || $_->{resourceId} ne $kim } @list], [], 'its name is not shown, its id is');
unlike($t->admin(GET => "/activity?limit=500")->{body}, qr/$who/, 'nor anywhere in the list');
my $history = $t->admin(GET => "/users/$kim/history")->{json}{items};
ok(scalar(grep { ($_->{after}{userName} // '') eq "$who-9" } @$history), 'the history of the user tells its names');
is_json([grep { !$_->{request} } @$history], [], 'each with its request');
like(scimctl(qw(activity list --limit 500 --tenant), $tenant, '--user', "$who-9"), qr/PUT .*200/, 'scimctl activity list --user');

# --- a tenant that masks nothing ---
my $open = ScimTest->new('personal-open');
is_json($open->admin(PATCH => '', { activityMask => [] })->{json}{activityMask}, [], 'nothing is masked');
my $lee = $open->make(Users => userName => 'lee');
is(sql("select object from scim.activity where tenant = '$open->{tenant}' and resource_id = '$lee'"), 'lee', 'a name is kept');
scimctl(qw(tenant set), $open->tenant, '--activity-mask', 'personal,title');
is($open->request(PATCH => "/Users/$lee", { schemas => [$PATCH], Operations => [{ op => 'add', path => 'title', value => 'Boss' }] })->{status}, 200, 'beside another attribute');
is($open->request(PUT => "/Users/$lee", { schemas => [$USER], userName => 'leo' })->{status}, 200, 'and from the next request on');
is(sql("select string_agg(coalesce(object, '-'), ',' order by at) from scim.activity where tenant = '$open->{tenant}' and resource_id = '$lee'"), 'lee,-,***', 'no name');
scimctl(qw(tenant set), $open->tenant, '--activity-mask', '');
is_json($open->admin(GET => '')->{json}{activityMask}, [], 'taken back');

done_testing;
