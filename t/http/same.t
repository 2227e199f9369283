# When two values are equal: one rule for POST, PUT, PATCH, Bulk, filters and paths. Text that is not caseExact is
# compared folded, in any script and with accents in any form. Names are derived by one rule, too.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t    = ScimTest->new('same');
my $own  = $t->tenant;
my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

sub bulk { my ($method, $path, $data) = @_; return $t->request(POST => '/Bulk', { schemas => [$BULK], Operations => [{ method => $method, path => $path, bulkId => 'b', data => $data }] })->{json}{Operations}[0] }
sub patch_of { return { schemas => [$PATCH], Operations => [@_] } }
sub found {
    my ($filter) = @_;
    return $t->request(POST => '/Users/.search', { schemas => ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter => $filter })->{json}{totalResults};
}
my $made = 0;
sub stored { my ($id, $attribute) = @_; return $t->row($id)->{doc}{$attribute} }

# --- lists: [attribute, two spellings of one value, one that differs] ---------------------------------------------------------------------
for (['emails', 'A@x.example', 'a@x.example', 'b@x.example'], ['emails', 'ÄRA@x.example', "a\x{308}ra\@X.example", 'ara@x.example'], ['phoneNumbers', 'tel:Ext', 'TEL:ext', 'tel:other'],
    ['ims', 'ΣΟΦΟΣ', 'σοφος', 'σοφ'], ['entitlements', 'STRASSE', 'straße', 'strase'], ['roles', 'User', 'USER', 'read-only'], ['emails', 'İ@x.example', "i\x{307}\@x.example", 'i@x.example']) {
    my ($attribute, $one, $two, $other) = @$_;
    my @doubles = ({ value => $one, type => 'work' }, { value => $two, type => 'Work' });
    my @kept    = ({ value => $one, type => 'work' });
    my $name    = sub { 'u' . ++$made };
    my $user    = sub { return { schemas => [$USER], userName => $name->(), displayName => 'd', $attribute => [@_] } };
    my $res = $t->request(POST => '/Users', $user->(@doubles));
    is_json([0 + $res->{status}, $res->{json}{$attribute}], [201, \@kept], "$attribute $one, $two: POST keeps one") or diag $res->{body};
    my $id = $res->{json}{id};
    is_json(stored($id, $attribute), \@kept, 'stored');
    $t->request(PUT => "/Users/$id", $user->(@doubles));
    is_json(stored($id, $attribute), \@kept, 'PUT');
    bulk(PUT => "/Users/$id", $user->(@doubles));
    is_json(stored($id, $attribute), \@kept, 'Bulk PUT');
    is(bulk(POST => '/Users', $user->(@doubles))->{status}, '201', 'Bulk POST');
    is_json(stored(sql("select id from scim.resource where tenant = '$own' and type = 'User' order by id desc limit 1"), $attribute), \@kept, 'Bulk POST: stored');
    my $version = $t->row($id)->{version};
    for (['add', { op => 'add', path => $attribute, value => [$doubles[1]] }], ['add without path', { op => 'add', value => { $attribute => [$doubles[1]] } }]) {
        is($t->patch("/Users/$id", [$_->[1]])->{status}, 200, "PATCH $_->[0]");
        is(bulk(PATCH => "/Users/$id", patch_of($_->[1]))->{status}, '200', "Bulk PATCH $_->[0]");
        is_json(stored($id, $attribute), \@kept, "PATCH $_->[0]: it is there already");
    }
    is($t->row($id)->{version}, $version, 'nothing has changed');
    $t->patch("/Users/$id", [{ op => 'replace', path => $attribute, value => \@doubles }]);
    is_json(stored($id, $attribute), \@kept, 'PATCH replace');
    for my $path ("$attribute\[value eq \"$two\"]", "$attribute\[value sw \"$two\"]", "$attribute\[value ew \"$two\" and type eq \"WORK\"]", "$attribute\[not (value ne \"$two\")]") {
        is(found("id eq \"$id\" and $path"), 1, "$path: the filter finds it");
        $t->patch("/Users/$id", [{ op => 'replace', path => "$path.display", value => 'D' }]);
        is_json(stored($id, $attribute), [{ %{ $kept[0] }, display => 'D' }], 'the path replaces in it');
        is($t->patch("/Users/$id", [{ op => 'remove', path => $path }])->{status}, 200, 'the path removes it');
        is_json(stored($id, $attribute), undef, 'gone');
        bulk(PATCH => "/Users/$id", patch_of({ op => 'add', path => $attribute, value => \@kept }));
    }
    is(found("id eq \"$id\" and $attribute\[value eq \"$other\"]"), 0, "$other is another one: filter");
    $t->patch("/Users/$id", [{ op => 'remove', path => "$attribute\[value eq \"$other\"]" }]);
    is_json(stored($id, $attribute), \@kept, 'path');
    $t->patch("/Users/$id", [{ op => 'remove', path => $attribute, value => [{ value => $other }] }]);
    is_json(stored($id, $attribute), \@kept, 'remove with a value');
    $t->patch("/Users/$id", [{ op => 'remove', path => $attribute, value => [{ value => $two }] }]);
    is_json(stored($id, $attribute), undef, 'remove with the value');
}

# caseExact text is compared byte by byte.
my @photos = map { { value => "https://x.example/$_", type => 'photo' } } qw(a A);
my $id = $t->make(Users => userName => 'exact', photos => \@photos);
is_json(stored($id, 'photos'), \@photos, 'caseExact values are two');
$t->patch("/Users/$id", [{ op => 'remove', path => 'photos[value eq "https://x.example/a"]' }]);
is_json(stored($id, 'photos'), [$photos[1]], 'and one is removed');
# Without a value all sub-attributes count.
my @addresses = ({ locality => 'Ärö', type => 'work' }, { type => 'Work', locality => "a\x{308}rö" }, { locality => 'Ärö' });
$t->request(PUT => "/Users/$id", { schemas => [$USER], userName => 'exact', addresses => \@addresses });
is_json(stored($id, 'addresses'), [@addresses[0, 2]], 'addresses');
is($t->patch("/Users/$id", [{ op => 'add', path => 'addresses', value => [$addresses[1]] }])->{etag}, 'W/"3"', 'PATCH adds none that is there');
# Of two equal values the primary one stays.
$t->request(PUT => "/Users/$id", { schemas => [$USER], userName => 'exact', emails => [{ value => 'A@x' }, { value => 'b@x' }, { value => 'a@X', primary => true }] });
is_json(stored($id, 'emails'), [{ value => 'a@X', primary => true }, { value => 'b@x' }], 'the primary one of two stays');
# Values that become equal.
$t->request(PUT => "/Users/$id", { schemas => [$USER], userName => 'exact', emails => [{ value => 'A@x', type => 'work' }, { value => 'a@x', type => 'home' }] });
$t->patch("/Users/$id", [{ op => 'replace', path => 'emails.type', value => 'other' }]);
is_json(stored($id, 'emails'), [{ value => 'A@x', type => 'other' }], 'values that become the same are one');

# --- derived names: [what is sent, the derived name] ----------------------------------------------------------------------------------------
my $long = 'x' x 700;
my @names = ([{ givenName => '', familyName => 'Berg' }, 'Berg'], [{ givenName => ' ', familyName => 'Berg' }, 'Berg'], [{ givenName => 'Ann', familyName => '' }, 'Ann'],
    [{ givenName => 'Ann', familyName => 'Berg' }, 'Ann Berg'], [{ formatted => '', givenName => 'Ann' }, 'Ann'], [{ formatted => 'Dr. A', givenName => 'Ann' }, 'Dr. A'],
    [{ givenName => $long, familyName => $long }, undef], [{ middleName => 'M' }, undef]);
for my $derive (0, 1) {
    $t->admin(PATCH => '', { deriveDisplayName => $derive ? true : false });
    for my $i (0 .. $#names) {
        my ($name, $wanted) = @{ $names[$i] };
        my $user = "n$derive$i";
        my $shown = $wanted // $user;
        my $text  = ($derive ? 'derived by the tenant: ' : '') . substr json($name), 0, 60;
        my $res   = $t->request(POST => '/Users', { schemas => [$USER], userName => $user, name => $name });
        is_json([$res->{json}{displayName}, stored($res->{json}{id}, 'displayName')], [$shown, $shown], "$text: POST");
        my $url = "/Users/$res->{json}{id}";
        is($t->request(PUT => $url, { schemas => [$USER], userName => $user, name => $name })->{json}{displayName}, $shown, 'PUT');
        $t->request(PUT => $url, { schemas => [$USER], userName => $user, name => { givenName => 'Other' } });
        for (['path', { op => 'replace', path => 'name', value => { formatted => undef, givenName => undef, familyName => undef, middleName => undef, %$name } }],
            ['no path', { op => 'replace', value => { name => { formatted => undef, givenName => undef, familyName => undef, middleName => undef, %$name } } }]) {
            $t->request(PUT => $url, { schemas => [$USER], userName => $user, name => { givenName => 'Other' } });
            is($t->patch($url, [$_->[1]])->{json}{displayName}, $shown, "PATCH, $_->[0]");
            $t->request(PUT => $url, { schemas => [$USER], userName => $user, name => { givenName => 'Other' } });
            bulk(PATCH => $url, patch_of($_->[1]));
            is(stored($res->{json}{id}, 'displayName'), $shown, "Bulk PATCH, $_->[0]");
        }
    }
}
$t->admin(PATCH => '', { deriveDisplayName => false });
$id = $t->make(Users => userName => 'kim', name => { givenName => 'Kim', familyName => 'Ek' });
my $url = "/Users/$id";
my $shown = sub { $t->patch($url, [@_])->{json}{displayName} };
is($shown->({ op => 'replace', path => 'name.familyName', value => 'Berg' }), 'Kim Berg', 'a part of the name');
is($shown->({ op => 'add', path => 'name.formatted', value => 'K. Berg' }), 'K. Berg', 'name.formatted');
is($shown->({ op => 'remove', path => 'name' }), 'kim', 'without a name, the userName');
is($shown->({ op => 'replace', value => { userName => 'kim2' } }), 'kim2', 'which may change');
is($shown->({ op => 'replace', path => 'displayName', value => 'Boss' }), 'Boss', 'one that is sent');
is($shown->({ op => 'replace', value => { 'name.givenName' => 'Kim' } }), 'Boss', 'stays');
is($shown->({ op => 'remove', path => 'displayName' }), undef, 'a PATCH may leave none');
is($shown->({ op => 'replace', path => 'name.givenName', value => 'Kimmy' }), undef, 'and derives none then');
is($shown->({ op => 'replace', path => 'displayName', value => 'Kim' }, { op => 'replace', path => 'name.givenName', value => 'Kimberley' }), 'Kim', 'what the same request sends stays, too');
is($shown->({ op => 'replace', path => 'title', value => 'T' }), 'Kim', 'nor does anything else change it');

done_testing;
