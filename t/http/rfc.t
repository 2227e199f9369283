# The examples of RFC 7644 3.3 to 3.6 as they are printed there, in their order if one follows from another.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('rfc');

# 3.3
my $res = $t->request(POST => '/Users', '{
     "schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],
     "userName":"bjensen",
     "externalId":"bjensen",
     "name":{
       "formatted":"Ms. Barbara J Jensen III",
       "familyName":"Jensen",
       "givenName":"Barbara"
     }
   }');
my %user = (userName => 'bjensen', externalId => 'bjensen', active => true, displayName => 'Ms. Barbara J Jensen III',
    name => { formatted => 'Ms. Barbara J Jensen III', familyName => 'Jensen', givenName => 'Barbara' });
is_reply($res, 201, $t->user(\%user, undef, 1), '3.3: create');
my $id = $res->{json}{id};
my $url = "/Users/$id";

# 3.4.2 and 3.4.2.4
is_reply($t->request(GET => '/Users?attributes=userName'), 200,
    listing(1, 1, { schemas => [$USER], id => $id, userName => 'bjensen' }), '3.4.2: userName of all');
is($t->request(GET => '/Users?startIndex=1&count=10')->{json}{itemsPerPage}, 1, '3.4.2.4: a page');

# 3.4.2.2: each printed filter is accepted
for my $filter ('userName eq "bjensen"', 'name.familyName co "O\'Malley"', 'userName sw "J"',
    'urn:ietf:params:scim:schemas:core:2.0:User:userName sw "J"', 'title pr',
    'meta.lastModified gt "2011-05-13T04:42:34Z"', 'meta.lastModified ge "2011-05-13T04:42:34Z"',
    'meta.lastModified lt "2011-05-13T04:42:34Z"', 'meta.lastModified le "2011-05-13T04:42:34Z"',
    'title pr and userType eq "Employee"', 'title pr or userType eq "Intern"',
    'schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"',
    'userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")',
    'userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")',
    'userType eq "Employee" and (emails.type eq "work")',
    'userType eq "Employee" and emails[type eq "work" and value co "@example.com"]',
    'emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]')
{
    (my $query = $filter) =~ s/([^A-Za-z0-9:.])/sprintf '%%%02X', ord $1/ge;
    is($t->request(GET => "/Users?filter=$query")->{status}, 200, "3.4.2.2: $filter");
}

# 3.5.1
$res = $t->request(PUT => $url, { schemas => [$USER], id => $id, userName => 'bjensen', externalId => 'bjensen',
    name => { formatted => 'Ms. Barbara J Jensen III', familyName => 'Jensen', givenName => 'Barbara', middleName => 'Jane' },
    roles => [], emails => [{ value => 'bjensen@example.com' }, { value => 'babs@jensen.org' }] });
is_reply($res, 200, $t->user({ userName => 'bjensen', externalId => 'bjensen', active => true,
    displayName => 'Ms. Barbara J Jensen III',
    name => { formatted => 'Ms. Barbara J Jensen III', familyName => 'Jensen', givenName => 'Barbara', middleName => 'Jane' },
    emails => [{ value => 'bjensen@example.com' }, { value => 'babs@jensen.org' }] }, $id, 2), '3.5.1: replace');

# 3.5.2.1
is_reply($t->patch($url, [{ op => 'add', value => { emails => [{ value => 'babs@jensen.org', type => 'home' }],
    nickname => 'Babs' } }]), 200, { %{ $res->{json} }, nickName => 'Babs', meta => { %{ $res->{json}{meta} },
    version => 'W/"3"', lastModified => $TIME }, emails => [@{ $res->{json}{emails} }, { value => 'babs@jensen.org', type => 'home' }] },
    '3.5.2.1: add to a user');
my $group = $t->make(Groups => displayName => 'G');
my $second = $t->make(Users => userName => 'second');
my @both = sort $id, $second;
is_empty($t->patch("/Groups/$group", [{ op => 'add', path => 'members', value => [{ display => 'Babs Jensen',
    '$ref' => "https://example.com/v2/Users/$id", value => $id }] }]), 204, '3.5.2.1: add a member');
is_json($t->stored_members($group), [$id], 'stored');

# 3.5.2.2
is_empty($t->patch("/Groups/$group", [{ op => 'remove', path => "members[value eq \"$id\"]" }]), 204,
    '3.5.2.2: remove a member');
is_json($t->stored_members($group), [], 'stored');
$t->patch("/Groups/$group", [{ op => 'add', path => 'members', value => [map { { value => $_ } } @both] }]);
is_empty($t->patch("/Groups/$group", [{ op => 'remove', path => 'members' }]), 204, '3.5.2.2: remove all members');
is_json($t->stored_members($group), [], 'stored');
$t->request(PUT => $url, { schemas => [$USER], userName => 'bjensen', emails => [{ value => 'b@example.com', type => 'work' },
    { value => 'b@home.org', type => 'home' }] });
is_json($t->patch($url, [{ op => 'remove', path => 'emails[type eq "work" and value ew "example.com"]' }])->{json}{emails},
    [{ value => 'b@home.org', type => 'home' }], '3.5.2.2: remove by a value path');
is_empty($t->patch("/Groups/$group", [{ op => 'remove', path => "members[value eq \"$id\"]" },
    { op => 'add', path => 'members', value => [{ display => 'James Smith', value => $second }] }]), 204,
    '3.5.2.2: remove and add at once');
is_json($t->stored_members($group), [$second], 'stored');

# 3.5.2.3
is_empty($t->patch("/Groups/$group", [{ op => 'replace', path => 'members', value => [map { { display => 'x', value => $_ } } @both] }]),
    204, '3.5.2.3: replace all members');
is_json($t->stored_members($group), \@both, 'stored');
$t->request(PUT => $url, { schemas => [$USER], userName => 'bjensen', addresses => [
    { type => 'work', streetAddress => 'old', locality => 'old' }, { type => 'home', streetAddress => 'home' }] });
my $address = { type => 'work', streetAddress => '911 Universal City Plaza', locality => 'Hollywood', region => 'CA',
    postalCode => '91608', country => 'US', formatted => "911 Universal City Plaza\nHollywood, CA 91608 US", primary => true };
is_json($t->patch($url, [{ op => 'replace', path => 'addresses[type eq "work"]', value => $address }])->{json}{addresses},
    [$address, { type => 'home', streetAddress => 'home' }], '3.5.2.3: replace an address');
is_json($t->patch($url, [{ op => 'replace', path => 'addresses[type eq "work"].streetAddress', value => '1010 Broadway Ave' }])
    ->{json}{addresses}[0]{streetAddress}, '1010 Broadway Ave', '3.5.2.3: replace a street');
is_json($t->patch($url, [{ op => 'replace', value => { emails => [
    { value => 'bjensen@example.com', type => 'work', primary => true }, { value => 'babs@jensen.org', type => 'home' }],
    nickname => 'Babs' } }])->{json}{emails}, [{ value => 'bjensen@example.com', type => 'work', primary => true },
    { value => 'babs@jensen.org', type => 'home' }], '3.5.2.3: replace all e-mails');

# 3.6
is_empty($t->request(DELETE => $url, undef, 'If-Match' => $t->request(GET => $url)->{etag}), 204, '3.6: delete');
$res = $t->request(GET => $url);
is_error($res, 404, undef, qr/\Q$id/, '3.6: gone');

done_testing;
