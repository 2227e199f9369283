# attributes and excludedAttributes: RFC 7644 3.9, RFC 7643 7.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('projection');
my %user = (
    userName => 'u', displayName => 'D', active => true, title => 'T', externalId => 'x',
    name => { givenName => 'G', familyName => 'F' },
    emails => [{ value => 'w@x', type => 'work', primary => true }, { value => 'h@x', type => 'home' }],
    $ENTERPRISE => { employeeNumber => '7', department => 'Dep' },
);
my $id = $t->make(Users => %user);
my $whole = $t->request(GET => "/Users/$id")->{json};
my %always = (schemas => [$USER, $ENTERPRISE], id => $id);
sub pick { return { %always, map { $_ => $whole->{$_} } @_ } }
sub without { my %left = %$whole; delete @left{@_}; return \%left }

my @cases = (
    ['attributes=userName', pick('userName')],
    ['attributes=USERNAME', pick('userName')],
    ['attributes=userName,title', pick(qw(userName title))],
    ['attributes=userName,%20title%20', pick(qw(userName title))],
    ['attributes=name', pick('name')],
    ['attributes=name.givenName', { %always, name => { givenName => 'G' } }],
    ['attributes=NAME.givenname,title', { %{ pick('title') }, name => { givenName => 'G' } }],
    ['attributes=emails', pick('emails')],
    ['attributes=emails.value', { %always, emails => [{ value => 'w@x' }, { value => 'h@x' }] }],
    ['attributes=meta', pick('meta')],
    ['attributes=meta.version', { %always, meta => { version => 'W/"1"' } }],
    ['attributes=id', \%always],
    ['attributes=externalId', pick('externalId')],
    ["attributes=$ENTERPRISE:department", { %always, $ENTERPRISE => { department => 'Dep' } }],
    ["attributes=$ENTERPRISE", pick($ENTERPRISE)],
    ["attributes=$USER:title", pick('title')],
    ['attributes=nothing', \%always],
    ['attributes=nickName', \%always],
    ['attributes=password', \%always],
    ['excludedAttributes=title', without('title')],
    ['excludedAttributes=TITLE,name', without(qw(title name))],
    ['excludedAttributes=name.givenName', { %$whole, name => { familyName => 'F' } }],
    ['excludedAttributes=emails.type', { %$whole, emails => [{ value => 'w@x', primary => true }, { value => 'h@x' }] }],
    ['excludedAttributes=id,schemas', $whole],
    ['excludedAttributes=meta', without('meta')],
    ["excludedAttributes=$ENTERPRISE:department", { %$whole, $ENTERPRISE => { employeeNumber => '7' } }],
    ["excludedAttributes=$ENTERPRISE", without($ENTERPRISE)],
    ['excludedAttributes=nothing', $whole],
    ['attributes=', $whole],
    ['excludedAttributes=', $whole],
);
for (@cases) {
    my ($query, $expected) = @$_;
    is_reply($t->request(GET => "/Users/$id?$query"), 200, $expected, $query);
    is_json($t->request(GET => "/Users?$query")->{json}{Resources}[0], $expected, "$query: in a list");
}
my $res = $t->request(GET => "/Users/$id?attributes=title");
is($res->{etag}, 'W/"1"', 'the ETag is there whatever is asked for');
is($res->{location}, $t->url . "/Users/$id", 'so is the Location');
for my $path ("/Users/$id", '/Users') {
    is_error($t->request(GET => "$path?attributes=title&excludedAttributes=name"), 400, 'invalidValue', qr/attributes/,
        "both on $path");
}

# Writes
$res = $t->request(POST => '/Users?attributes=userName', { schemas => [$USER], userName => 'v', title => 'T' });
is_reply($res, 201, { schemas => [$USER], id => $ID, userName => 'v' }, 'POST');
like($res->{location}, qr{/Users/\Q$res->{json}{id}\E$}, 'its Location');
$res = $t->request(PUT => "/Users/$id?excludedAttributes=emails,name", { schemas => [$USER, $ENTERPRISE], %user });
ok(!exists $res->{json}{emails} && !exists $res->{json}{name} && exists $res->{json}{title}, 'PUT');
is_json([@{ $t->row($id)->{doc} }{qw(emails name)}], [@user{qw(emails name)}], 'what is not answered is stored all the same');

done_testing;
