# /Me: the user of a token (RFC 7644 3.11).
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('me');
my $id = $t->make(Users => userName => 'Jane', displayName => 'Jane', title => 'Engineer', emails => [{ value => 'j@x.org', type => 'work' }]);
my $other = $t->make(Users => userName => 'other');
my $me = bless { %$t, token => $t->new_token('jane', '--user', 'jane') }, 'ScimTest';
my $place = $t->url . "/Users/$id";
my %jane = (userName => 'Jane', displayName => 'Jane', title => 'Engineer', active => true, emails => [{ value => 'j@x.org', type => 'work' }]);
my $patch = { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'title', value => 'Boss' }] };
my $put = { schemas => [$USER], userName => 'Jane', displayName => 'J.' };

sub same {
    my ($got, $expected, $name) = @_;
    is("$got->{status} $got->{body}", "$expected->{status} $expected->{body}", $name);
    for my $header (qw(ETag Location Content-Location Content-Type Allow Retry-After)) {
        is($got->{headers}->header($header), $expected->{headers}->header($header), "$name: $header");
    }
}

# GET, with everything that GET of the user itself allows
my $res = $me->request(GET => '/Me');
is_reply($res, 200, $t->user({%jane}, $id, 1), 'GET');
is($res->{location}, $place, 'the permanent location');
is($res->{headers}->header('Content-Location'), $place, 'Content-Location');
is($res->{json}{meta}{location}, $place, 'meta.location');
is($res->{etag}, 'W/"1"', 'ETag');
same($me->request(@$_[0], "/Me$_->[1]", undef, @$_[2 .. $#$_]), $me->request(@$_[0], "/Users/$id$_->[1]", undef, @$_[2 .. $#$_]),
    "as /Users/{id}: @$_")
    for [GET => ''], [HEAD => ''], [GET => '?attributes=title'], [GET => '?excludedAttributes=emails,title'], [GET => '?attributes=a&excludedAttributes=b'],
    [GET => '', 'If-None-Match' => 'W/"1"'], [GET => '', 'If-None-Match' => 'W/"2"'], [GET => '', 'If-Match' => 'W/"7"'],
    [GET => '', Accept => 'text/html'], [OPTIONS => ''];
is_json($me->request(GET => '/Me?attributes=userName')->{json}, { schemas => [$USER], id => $id, userName => 'Jane' }, 'attributes');
is_reply($me->request(GET => '/Me', undef, ':base' => "/based/v2/$t->{tenant}"), 200, { %{ $t->user({%jane}, $id, 1) },
    meta => { %{ $t->user({}, $id, 1)->{meta} }, location => "https://scim.example.org/scim/v2/$t->{tenant}/Users/$id" } }, 'ScimBaseURL');

# Writes
is_error($me->request(PATCH => '/Me', $patch, 'If-Match' => 'W/"9"'), 412, undef, undef, 'PATCH, another version');
$res = $me->request(PATCH => '/Me', $patch, 'If-Match' => 'W/"1"');
is_reply($res, 200, $t->user({ %jane, title => 'Boss' }, $id, 2), 'PATCH');
is($res->{location}, $place, 'PATCH: the permanent location');
is($t->row($id)->{doc}{title}, 'Boss', 'stored');
$res = $me->request(PUT => '/Me', $put);
is_reply($res, 200, $t->user({ userName => 'Jane', displayName => 'J.', active => true }, $id, 3), 'PUT');
is($res->{location}, $place, 'PUT: the permanent location');
is($t->row($id)->{doc}{title}, undef, 'stored');
is_error($me->request(PUT => '/Me', { schemas => [$USER], userName => 'other' }), 409, 'uniqueness', undef, 'PUT: a name that is taken');
is_error($me->request(PUT => '/Me', '{'), 400, 'invalidSyntax', undef, 'PUT: no JSON');
is_error($me->request(PATCH => '/Me', { Operations => 'x' }), 400, 'invalidSyntax', undef, 'PATCH: no operations');
is($me->request(PATCH => '/Me', { Operations => [] })->{status}, 200, 'PATCH: an empty list of them');
$res = $me->request(PUT => '/Me', { schemas => [$USER], userName => 'Jane', title => 'x' x 60000, nickName => 'y' x 60000 });
is("$res->{status} $res->{json}{meta}{version}", '200 W/"4"', 'PUT of a long body');
is($t->row($other)->{version}, 1, 'nobody else has changed');

# Methods that it does not have
is_error($me->request(POST => '/Me', $put), 405, undef, undef, 'POST');
is($me->request(POST => '/Me', $put)->{headers}->header('Allow'), $me->request(POST => "/Users/$id", $put)->{headers}->header('Allow'), 'Allow');
is_error($me->request(GET => "/$_"), 404, undef, undef, $_) for 'Me/x', 'me', 'Me/.search';
my $none = qr/belong to a user/;
is_error($t->request(@$_), 501, undef, $none, "a token of nobody: $_->[0] $_->[1]")
    for [GET => '/Me'], [PUT => '/Me', $put], [PATCH => '/Me', $patch], [DELETE => '/Me'], [POST => '/Me', $put], [PUT => '/Me', '{'],
    [OPTIONS => '/Me'];
is_error($t->request(GET => '/Me', undef, Authorization => $_), 401, undef, undef, 'without a good token')
    for undef, 'Bearer x', "Bearer $t->{token}x";

# With a read-only token
my $reader = bless { %$t, token => $t->new_token('reader', '--user', $id, '--read-only') }, 'ScimTest';
is($reader->request(GET => '/Me')->{json}{id}, $id, 'read-only: GET');
is_error($reader->request(@$_), 403, undef, 'The token "reader" may only read. Use one that may write, or let an administrator allow it to this one.', "read-only: $_->[0]")
    for [PUT => '/Me', $put], [PATCH => '/Me', $patch], [DELETE => '/Me'];

# The user is deleted, and restored
is_error($me->request(DELETE => '/Me', undef, 'If-Match' => 'W/"9"'), 412, undef, undef, 'DELETE, another version');
is_empty($me->request(DELETE => '/Me'), 204, 'DELETE');
is($t->row($id)->{deleted}, true, 'stored');
same($me->request(@$_[0], '/Me', $_->[1]), $me->request(@$_[0], "/Users/$id", $_->[1]), "gone: $_->[0]")
    for [GET => undef], [PUT => $put], [PATCH => $patch], [DELETE => undef];
is_error($me->request(GET => '/Me'), 404, undef, undef, 'gone');
is_error($me->request(GET => "/Users/$other"), 403, undef, qr{ is for /Me alone: }, 'the token goes on, for nobody else');
scimctl(qw(tenant set), $t->tenant, qw(--restore userName));
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'JANE' })->{json}{id}, $id, 'restored');
is($me->request(GET => '/Me')->{json}{userName}, 'JANE', 'and found again');

# Bound to another user
scimctl(qw(token set --tenant), $t->tenant, qw(jane --user), $other);
is($me->request(GET => '/Me')->{json}{id}, $other, 'another user');
scimctl(qw(token set --tenant), $t->tenant, qw(jane --no-user));
is_error($me->request(GET => '/Me'), 501, undef, $none, 'nobody');

done_testing;
