# Pages by cursor: RFC 9865.
use strict;
use warnings;
use utf8;
use MIME::Base64 'decode_base64';
use Test::More;
use URI::Escape 'uri_escape_utf8';
use ScimTest;

my $t      = ScimTest->new('cursor');
my $LIST   = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
my $SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';
my $CURSOR = qr/^[A-Za-z0-9_-]{30,}$/;

sub query { join '&', map { "$_->[0]=" . uri_escape_utf8($_->[1]) } @_ }
# GET of a page; the parameters are pairs in order.
sub page {
    my ($endpoint, @pairs) = @_;
    my @query;
    push @query, [splice @pairs, 0, 2] while @pairs;
    return $t->request(GET => "/$endpoint?" . query(@query));
}
# POST to .search; the same pairs.
sub search {
    my ($endpoint, %members) = @_;
    $members{count} += 0 if defined $members{count};
    return $t->request(POST => ($endpoint eq '' ? '' : "/$endpoint") . '/.search', { schemas => [$SEARCH], %members });
}
sub ids { [map { $_->{id} } @{ $_[0]{json}{Resources} // [] }] }

# --- members of the answer --------------------------------------------------------------------------------------------

my @five = map { $t->make(Users => userName => "user$_") } 1 .. 5;
sub short { my ($n) = @_; { schemas => [$USER], id => $five[$n - 1], userName => "user$n" } }
my @short = (count => 2, attributes => 'userName');
my $res = $t->request(GET => '/Users?cursor&count=2&attributes=userName');
is_reply($res, 200, { schemas => [$LIST], totalResults => 5, itemsPerPage => 2, nextCursor => $CURSOR,
    Resources => [short(1), short(2)] }, 'the first page');
my @pages = $res;
is_reply(page(Users => cursor => '', @short), 200, { schemas => [$LIST], totalResults => 5, itemsPerPage => 2,
    nextCursor => $CURSOR, Resources => [short(1), short(2)] }, 'the first page by an empty cursor');
push @pages, page(Users => cursor => $pages[-1]{json}{nextCursor}, @short);
is_reply($pages[1], 200, { schemas => [$LIST], totalResults => 5, itemsPerPage => 2, previousCursor => $CURSOR, nextCursor => $CURSOR,
    Resources => [short(3), short(4)] }, 'the second page');
push @pages, page(Users => cursor => $pages[-1]{json}{nextCursor}, @short);
is_reply($pages[2], 200, { schemas => [$LIST], totalResults => 5, itemsPerPage => 1, previousCursor => $CURSOR, Resources => [short(5)] },
    'the last page has no nextCursor');
push @pages, page(Users => cursor => $pages[-1]{json}{previousCursor}, @short);
is_reply($pages[3], 200, { schemas => [$LIST], totalResults => 5, itemsPerPage => 2, previousCursor => $CURSOR, nextCursor => $CURSOR,
    Resources => [short(3), short(4)] }, 'back on the second page');
push @pages, page(Users => cursor => $pages[-1]{json}{previousCursor}, @short);
is_reply($pages[4], 200, { schemas => [$LIST], totalResults => 5, itemsPerPage => 2, nextCursor => $CURSOR, Resources => [short(1), short(2)] },
    'back on the first page, which has no previousCursor');
is_json(ids(page(Users => cursor => $pages[-1]{json}{nextCursor}, @short)), [@five[2, 3]], 'and on again');
is_json(ids(page(Users => cursor => $pages[0]{json}{nextCursor}, @short)), [@five[2, 3]], 'a cursor can be used again');

my @filtered = (filter => 'title pr or userName pr', @short);
$res = page(Users => cursor => '', @filtered);
is($res->{json}{totalResults}, 5, 'the total of a filter is on the first page');
is_reply(page(Users => cursor => $res->{json}{nextCursor}, @filtered), 200, { schemas => [$LIST], itemsPerPage => 2,
    previousCursor => $CURSOR, nextCursor => $CURSOR, Resources => [short(3), short(4)] }, 'and on no other one');

is_reply(page(Users => cursor => '', count => 5, attributes => 'userName'), 200, { schemas => [$LIST], totalResults => 5,
    itemsPerPage => 5, Resources => [map { short($_) } 1 .. 5] }, 'all on one page');
is_reply(page(Users => cursor => '', count => 0), 200,
    { schemas => [$LIST], totalResults => 5, itemsPerPage => 0, Resources => [] }, 'the total alone');
is_json(page(Users => cursor => '', count => -3)->{json}, page(Users => cursor => '', count => 0)->{json},
    'a negative count is 0');
is_reply(page(Users => cursor => '', filter => 'userName eq "none"'), 200,
    { schemas => [$LIST], totalResults => 0, itemsPerPage => 0, Resources => [] }, 'nobody');
is_reply(page(Users => cursor => '', filter => 'userName eq "user3"', attributes => 'userName'), 200,
    { schemas => [$LIST], totalResults => 1, itemsPerPage => 1, Resources => [short(3)] }, 'one');
is_json($t->request(GET => '/Users?attributes=userName')->{json}, listing(5, 1, map { short($_) } 1 .. 5),
    'pages are by index where no parameter says otherwise');
is_reply(search(Users => cursor => '', count => 2, attributes => ['userName']), 200, { schemas => [$LIST],
    totalResults => 5, itemsPerPage => 2, nextCursor => $CURSOR, Resources => [short(1), short(2)] }, 'POST to .search');
is_json(ids(search(Users => cursor => $pages[0]{json}{nextCursor}, count => 2)), [@five[2, 3]],
    'a cursor of GET goes on in POST');
is_json(search(Users => cursor => undef, count => 1)->{json}{startIndex}, 1, 'a cursor that is null is none');
is($t->request(GET => "/Users/$five[0]?cursor=x")->{status}, 200, 'one resource has no pages');
is_json($t->request(GET => '/ServiceProviderConfig')->{json}{pagination}, { cursor => true, index => true,
    defaultPaginationMethod => 'index', defaultPageSize => 100, maxPageSize => 500, cursorTimeout => 3600 },
    'ServiceProviderConfig');

# --- errors -----------------------------------------------------------------------------------------------------------

my $next = $pages[0]{json}{nextCursor};
my $alien = qr/^The cursor does not belong to this query\. Begin with an empty cursor/;
sub wrong {
    my ($res, $type, $detail, $name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    return is_error($res, 400, $type, $detail, $name);
}
wrong(page(Users => cursor => $_, count => 2), 'invalidCursor', $alien, "made up: $_")
    for 'x', 'A' x 60, "$next=", "${next}A", substr($next, 1), substr($next, 0, -1), "$next\n", 'ä', 'A' x 8000;
for my $at (0, 5, 12, length($next) - 3) {
    my $changed = $next;
    substr($changed, $at, 1) = substr($changed, $at, 1) eq 'Q' ? 'R' : 'Q';
    wrong(page(Users => cursor => $changed, count => 2), 'invalidCursor', $alien, "changed at $at");
}
wrong($t->request(GET => "/Users?count=2&cursor=$_"), 'invalidCursor', qr/^The parameter cursor /, "no text: $_") for '%00', '%ff';
wrong(page(Groups => cursor => $next, count => 2), 'invalidCursor', $alien, 'of another endpoint');
wrong(page('' => cursor => $next, count => 2), 'invalidCursor', $alien, 'of one type, at the root');
wrong(page(Users => cursor => $next, count => 2, @$_), 'invalidCursor', $alien, "with another query: $_->[0]")
    for [filter => 'userName pr'], [sortBy => 'userName'], [sortBy => 'id'];
my $sorted = page(Users => cursor => '', count => 2, sortBy => 'userName', filter => 'userName sw "user"')->{json}{nextCursor};
my @sorted = (cursor => $sorted, count => 2);
wrong(page(Users => @sorted, @$_), 'invalidCursor', $alien, 'with another query: ' . join ' ', @$_)
    for [sortBy => 'userName'], [filter => 'userName sw "user"'],
    [sortBy => 'userName', filter => 'userName sw "users"'], [sortBy => 'displayName', filter => 'userName sw "user"'],
    [sortBy => 'userName', filter => 'userName ew "user"'], [sortBy => 'userName', filter => 'displayName sw "user"'],
    [sortBy => 'userName', filter => 'userName sw "user"', sortOrder => 'descending'],
    [sortBy => 'userName', filter => 'not (userName sw "user")'];
is_json(ids(page(Users => @sorted, @$_)), [@five[2, 3]], 'the same query in other words: ' . join ' ', @$_)
    for [sortBy => 'username', filter => 'username SW "user"'],
    [sortBy => "$USER:userName", filter => "(userName sw \"user\")", sortOrder => 'ascending'];
is_json(ids(page(Users => @sorted, sortBy => 'userName', filter => 'userName sw "user"', attributes => 'title')),
    [@five[2, 3]], 'with other attributes');
unlike(decode_base64($sorted =~ tr{-_}{+/}r), qr/sw|userName/, 'nothing of the filter is in the cursor');

wrong(page(Users => cursor => $next, count => 3), 'invalidCount', 'The count must be the same for all pages: 2, as for the page '
    . 'that the cursor is from.', 'another count');
wrong(page(Users => cursor => $next), 'invalidCount', qr/: 2,/, 'no count');
wrong(page(Users => cursor => $next, count => 0), 'invalidCount', qr/: 2,/, 'a count of 0');
wrong(page(Users => count => 'x', cursor => ''), 'invalidCount', 'The parameter count must be an integer, not "x".', 'no number');
wrong($t->request(POST => '/Users/.search', { schemas => [$SEARCH], cursor => '', count => 'x' }), 'invalidCount',
    '"count" must be an integer.', 'no number in a message');
wrong(page(Users => count => 'x'), 'invalidValue', qr/integer/, 'no number, by index');
wrong(page(Users => cursor => '', startIndex => 1), 'invalidValue', qr/by cursor or by startIndex/, 'cursor and startIndex');
wrong(page(Users => startIndex => 1, cursor => $next, count => 2), 'invalidValue', qr/startIndex/, 'startIndex and cursor');
wrong(search(Users => cursor => '', startIndex => 1), 'invalidValue', qr/startIndex/, 'both in a message');
wrong(page(Users => cursor => '', cursor => ''), 'invalidValue', 'The parameter cursor is given twice.', 'two cursors');
wrong(search(Users => cursor => 1), 'invalidValue', '"cursor" must be a string.', 'a cursor that is a number');
is_json(page(Users => cursor => '', count => 100_000)->{json}{itemsPerPage}, 5, 'a count above the maximum is the maximum');

# A cursor is valid only for the client that received it.
my $token = $t->{token};
$t->{token} = $t->new_token('second');
wrong(page(Users => cursor => $next, count => 2), 'invalidCursor', $alien, 'of another token');
my $own = page(Users => cursor => '', count => 2)->{json}{nextCursor};
is_json(ids(page(Users => cursor => $own, count => 2)), [@five[2, 3]], 'its own');
scimctl(qw(token revoke --tenant), $t->tenant, 'second');
is_error(page(Users => cursor => $own, count => 2), 401, undef, undef, 'a token that was revoked');
is_error(page(Users => cursor => 'x', count => 2), 401, undef, undef, 'and learns nothing');
$t->{token} = $token;
wrong(page(Users => cursor => $own, count => 2), 'invalidCursor', $alien, 'of a token that was revoked');
my $other = ScimTest->new('cursor-other');
$other->make(Users => userName => "user$_") for 1 .. 5;
wrong($other->request(GET => "/Users?cursor=$next&count=2"), 'invalidCursor', $alien, 'of another tenant');
is_json(ids($t->request(GET => "/Users?cursor=$next&count=2", undef, ':base' => '/based/v2/' . $t->tenant)), [@five[2, 3]],
    'by another Location of the same tenant');

# Expiry
my $brief = '/brief/v2/' . $t->tenant;
is_json($t->request(GET => '/ServiceProviderConfig', undef, ':base' => $brief)->{json}{pagination}{cursorTimeout}, 1,
    'ScimCursorTimeout');
my $passing = $t->request(GET => '/Users?cursor&count=2', undef, ':base' => $brief)->{json}{nextCursor};
is_json(ids(page(Users => cursor => $passing, count => 2)), [@five[2, 3]], 'in time');
sleep 3;
wrong(page(Users => cursor => $passing, count => 2), 'expiredCursor', qr/has expired.*empty cursor/, 'too late');
wrong(page(Users => cursor => $passing, count => 3), 'expiredCursor', qr/has expired/, 'too late, and another count');
wrong(page(Groups => cursor => $passing, count => 2), 'invalidCursor', $alien, 'too late, for another query');

# --- walks ------------------------------------------------------------------------------------------------------------

# All ids by cursor, forward and then back; `$between` is called before each page but the first.
sub walk {
    my ($ask, $between) = @_;
    my (@forward, @back, $cursor, $pages);
    my $res = $ask->('');
    for ($pages = 1; $pages < 200; $pages++) {
        push @forward, @{ ids($res) };
        last unless defined($cursor = $res->{json}{nextCursor});
        $between->() if $between;
        $res = $ask->($cursor);
    }
    unshift @back, @{ ids($res) };
    for ($pages = 1; $pages < 200; $pages++) {
        last unless defined($cursor = $res->{json}{previousCursor});
        $between->() if $between;
        $res = $ask->($cursor);
        unshift @back, @{ ids($res) };
    }
    diag "$res->{status} $res->{body}" if $res->{status} != 200;
    return (\@forward, \@back);
}

$t = ScimTest->new('cursor-walk');
my @people = map {
    my $n = $_;
    $t->make(Users => userName => sprintf('%s%02d', ($n % 2 ? 'p' : 'Q'), $n * 7 % 17),
        ($n % 3 ? (externalId => 'e' . $n % 5) : ()), ($n % 4 ? (title => ('Engineer', 'clerk', "\x{e4}rztin")[$n % 3]) : ()),
        active => $n % 2 ? true : false, ($n % 5 ? (name => { familyName => 'F' . $n % 4, givenName => 'x' x 300 . $n }) : ()),
        ($n % 3 == 1 ? (emails => [{ type => 'work', value => "m$n\@x.example" }, { value => 'first@x.example', primary => true }]) : ()))
} 1 .. 16;
my @groups = map { $t->make(Groups => displayName => "p0$_", members => [map { { value => $_ } } @people[0 .. $_ - 2]]) } 1 .. 7;
my $guest = $t->make(Users => userName => 'p04-guest'); # a member of newcomers, by which it changes its place
my %stays = map { $_ => 1 } @people, @groups;
$t->patch("/Users/$people[$_]", [{ op => 'replace', path => 'nickName', value => 'n' }]) for 3, 9, 1;

# Changes during a walk: new users all over the order, every other one of whom is deleted again, and one that is deleted
# at once.
my ($serial, @newcomers) = 0;
sub newcomer {
    $serial++;
    return ['Users', userName => sprintf('%s%02d-%d', ('p', 'q')[$serial % 2], $serial * 5 % 17, $serial),
        ($serial % 2 ? (title => 'clerk', externalId => "e2-$serial") : ()), active => $serial % 3 ? true : false,
        name => { familyName => 'F' . $serial % 5 }, emails => [{ value => "m$serial\@y.example" }]] if $serial % 3;
    return ['Groups', displayName => "p0$serial-n", $serial % 2 ? (members => [{ value => $guest }]) : ()];
}
my $changes = sub {
    for (1, 2) {
        my ($endpoint, @members) = @{ newcomer() };
        push @newcomers, "/$endpoint/" . $t->make($endpoint => @members);
    }
    $t->request(DELETE => shift @newcomers) if @newcomers > 3;
    $t->request(DELETE => pop @newcomers) if $serial % 5 == 0;
};
sub clean { $t->request(DELETE => $_) for splice @newcomers }
sub staying { [grep { $stays{$_} } @{ $_[0] }] }

my @walks = (
    [Users => []],
    [Users => [filter => 'title pr or active eq true']],
    [Users => [filter => 'userName sw "p"', sortBy => 'userName']],
    (map { my $by = $_; map { [Users => [sortBy => $by, sortOrder => $_]] } qw(ascending descending) }
        qw(userName displayName externalId title active id meta.created meta.lastModified meta.version name.familyName
        name.givenName emails.value emails.type groups.display groups nickName)),
    (map { my $by = $_; map { [Groups => [sortBy => $by, sortOrder => $_]] } qw(ascending descending) } qw(displayName members)),
    ['' => []],
    ['' => [filter => 'displayName sw "p" or active eq false']],
    (map { my $by = $_; map { ['' => [sortBy => $by, sortOrder => $_]] } qw(ascending descending) }
        qw(displayName userName meta.lastModified meta.resourceType title members groups externalId)),
);
for my $walk (@walks) {
    my ($endpoint, $query) = @$walk;
    my $name = "/$endpoint @$query";
    my $all = ids(page($endpoint, @$query));
    for my $way ('GET', $name =~ /userName/ ? 'POST' : ()) {
        my $ask = $way eq 'GET' ? sub { page($endpoint, @$query, count => 5, cursor => $_[0]) }
                                : sub { search($endpoint, @$query, count => 5, cursor => $_[0]) };
        my ($forward, $back) = walk($ask);
        is_json($forward, $all, "$way $name: forward, all in order");
        is_json($back, $all, "$way $name: backward, all in order");
    }
    my $stay = staying($all);
    my ($forward, $back) = walk(sub { page($endpoint, @$query, count => 3, cursor => $_[0]) }, $changes);
    is_json(staying($forward), $stay, "$name: forward under change, each of those who stay once and in order");
    is_json(staying($back), $stay, "$name: backward under change, each of those who stay once and in order");
    my %seen;
    is(grep({ $seen{$_}++ } grep { $_ ne $guest } @$forward), 0, "$name: nobody is met twice");
    clean();
}

# In the order of ids a change does not move a user.
my $n = 0;
my ($forward, $back) = walk(sub { page(Users => count => 3, cursor => $_[0]) }, sub {
    $t->patch("/Users/$people[$_ % 16]", [{ op => 'replace', path => 'userName', value => 'z' . $n++ }]) for $n .. $n + 5;
    $changes->();
});
is_json(staying($forward), \@people, 'those who change are met once, forward');
is_json(staying($back), \@people, 'and backward');
clean();

# The resource of the cursor is deleted, and all after or before it.
$t = ScimTest->new('cursor-gone');
my @gone = map { $t->make(Users => userName => "g$_", $_ % 2 ? (title => "t$_") : ()) } 1 .. 8;
for my $query ([], [sortBy => 'userName'], [sortBy => 'userName', sortOrder => 'descending']) {
    my @asked = (count => 2, @$query);
    my $all = ids(page(Users => @$query));
    my $first = page(Users => cursor => '', @asked);
    my $second = page(Users => cursor => $first->{json}{nextCursor}, @asked);
    $t->request(DELETE => "/Users/$all->[$_]") for 1, 2;
    is_json(ids(page(Users => cursor => $first->{json}{nextCursor}, @asked)), [@$all[3, 4]], "@$query: on from one who has gone");
    is_json(ids(page(Users => cursor => $second->{json}{previousCursor}, @asked)), [$all->[0]], "@$query: back from one who has gone");
    $t->request(DELETE => "/Users/$_") for @$all[4 .. 7];
    my $empty = page(Users => cursor => $second->{json}{nextCursor}, @asked);
    is_json($empty->{json}, { schemas => [$LIST], totalResults => 2, itemsPerPage => 0, previousCursor => $CURSOR, Resources => [] },
        "@$query: nobody is left after it");
    my $last = page(Users => cursor => $empty->{json}{previousCursor}, @asked);
    is_json(ids($last), [@$all[0, 3]], "@$query: back from nobody");
    is_json([sort keys %{ $last->{json} }], [sort qw(schemas totalResults itemsPerPage Resources)], "@$query: which is all there is");
    $t->request(DELETE => "/Users/$_") for @$all[0, 3];
    $empty = page(Users => cursor => $second->{json}{previousCursor}, @asked);
    is_json($empty->{json}, { schemas => [$LIST], totalResults => 0, itemsPerPage => 0, nextCursor => $CURSOR, Resources => [] },
        "@$query: nobody is left before it");
    @gone = map { $t->make(Users => userName => "g$_", $_ % 2 ? (title => "t$_") : ()) } 1 .. 8;
    is_json(ids(page(Users => cursor => $empty->{json}{nextCursor}, @asked)), [@{ ids(page(Users => @$query)) }[0, 1]],
        "@$query: on from nobody is from the start");
}

is($t->request(HEAD => '/Users?cursor&count=2')->{status}, 200, 'HEAD');

done_testing;
