# Versions: RFC 7644 3.14; a request that changes nothing changes no version.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('etag');
my $id = $t->make(Users => userName => 'u', title => 'one', emails => [{ value => 'a@x', type => 'work' }]);
my $url = "/Users/$id";
my $get = sub { $t->request(GET => $url, undef, @_) };
my $first = $get->();
is($first->{etag}, 'W/"1"', 'the ETag of version 1');
is($first->{json}{meta}{version}, 'W/"1"', 'meta.version is the same');

# If-None-Match on GET
for my $tag ('W/"1"', '"1"', '*', 'W/"7", W/"1"', 'W/"1-gzip"', '"1-gzip"') {
    my $res = $get->('If-None-Match' => $tag);
    is_empty($res, 304, "If-None-Match: $tag");
    is($res->{etag}, 'W/"1"', "If-None-Match: $tag: ETag");
}
for my $tag ('W/"2"', '"x"', 'garbage', 'W/"11"', 'W/""') {
    is($get->('If-None-Match' => $tag)->{status}, 200, "If-None-Match: $tag");
}
is($get->('If-Match' => 'W/"1"')->{status}, 200, 'GET with the right If-Match');
is_error($get->('If-Match' => 'W/"9"'), 412, undef, undef, 'GET with a wrong If-Match');

# If-Match on requests that change something
my %write = (
    PUT    => { schemas => [$USER], userName => 'u', title => 'put' },
    PATCH  => { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'title', value => 'patched' }] },
    DELETE => undef,
);
for my $method (sort keys %write) {
    for my $tag ('W/"9"', '"9"', 'garbage', 'W/"9", W/"8"', '""') {
        is_error($t->request($method => $url, $write{$method}, 'If-Match' => $tag), 412, undef, undef,
            "$method with If-Match: $tag");
    }
}
# If-None-Match on requests that change something: RFC 9110 13.1.2
my $excluded = 'The resource exists in a version that If-None-Match excludes. Omit that header to change it.';
my $nobody = '018f0000-0000-7000-8000-000000000000';
my $empty  = $t->make(Groups => displayName => 'none match');
for my $method (sort keys %write) {
    for my $tag ('*', 'W/"1"', '"1"', 'W/"9", W/"1"', 'W/"1-gzip"') {
        is_error($t->request($method => $url, $write{$method}, 'If-None-Match' => $tag), 412, undef, $excluded, "$method with If-None-Match: $tag");
        is_error($t->request($method => $url, $write{$method}, 'If-None-Match' => $tag, 'If-Match' => '*'), 412, undef, $excluded, 'beside If-Match: *');
        next if $method eq 'PUT';
        is_error($t->request($method => "/Groups/$empty", $method eq 'PATCH' ? { schemas => [$PATCH], Operations => [{ op => 'add', path => 'members', value => [{ value => $id }] }] } : undef,
            'If-None-Match' => $tag), 412, undef, $excluded, "$method of a group");
    }
    is_error($t->request($method => "/Users/$nobody", $write{$method}, 'If-None-Match' => '*'), 404, undef, undef, "$method of nobody");
}
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'new' }, 'If-None-Match' => '*')->{status}, 201, 'a POST makes what is not there');
is($t->row($id)->{version}, 1, 'nothing has changed');
for my $tag ('W/"9"', '"x"', 'garbage') {
    my $made = $t->make(Users => userName => "kept $tag");
    is($t->request($_ => "/Users/$made", $_ eq 'PUT' ? { schemas => [$USER], userName => "kept $tag" } : $write{$_}, 'If-None-Match' => $tag)->{status}, $_ eq 'DELETE' ? 204 : 200,
        "$_ with If-None-Match: $tag") for qw(PUT PATCH DELETE);
}
is_json($get->()->{json}, $first->{json}, 'nothing at all');
my $version = 1;
for my $tag ('W/"1"', '"2"', '*', 'W/"9", W/"4"', 'W/"5-gzip"') {
    my $res = $t->patch($url, [{ op => 'replace', path => 'title', value => "for $tag" }], 'If-Match' => $tag);
    is($res->{status}, 200, "PATCH with If-Match: $tag") or diag $res->{body};
    $version++;
    is($res->{etag}, "W/\"$version\"", 'the new ETag');
    is($res->{json}{meta}{version}, "W/\"$version\"", 'the new meta.version');
}
is($t->request(PUT => $url, { schemas => [$USER], userName => 'u', title => 'put' },
    'If-Match' => "W/\"$version\"")->{etag}, 'W/"7"', 'PUT with the right If-Match');
is_error($t->request(PUT => '/Users/018f0000-0000-7000-8000-000000000000', $write{PUT}, 'If-Match' => 'W/"1"'), 404,
    undef, undef, 'If-Match on nobody');

# A no-op keeps version and lastModified.
my $before = $get->()->{json}{meta};
my @none = (
    [{ op => 'replace', path => 'title', value => 'put' }],
    [{ op => 'add', path => 'title', value => 'put' }],
    [{ op => 'replace', value => { title => 'put', userName => 'u' } }],
    [{ op => 'remove', path => 'nickName' }],
    [{ op => 'replace', path => 'title', value => 'x' }, { op => 'replace', path => 'title', value => 'put' }],
    [{ op => 'add', path => 'active', value => 'True' }],
    [{ op => 'remove', path => 'emails[type eq "none"]' }],
);
for my $operations (@none) {
    my $res = $t->patch($url, $operations);
    is($res->{status}, 200, 'a no-op: ' . json($operations)) or diag $res->{body};
    is_json($res->{json}{meta}, $before, 'keeps version and lastModified');
}
my $same = $t->request(PUT => $url, $get->()->{json});
is($same->{status}, 200, 'PUT of the same');
is($t->row($id)->{version}, $same->{json}{meta}{version} =~ /(\d+)/ ? $1 : '', 'what PUT answers is what is stored');

# Groups
my $group = $t->make(Groups => displayName => 'g');
my $res = $t->request(GET => "/Groups/$group");
is($res->{etag}, 'W/"1"', 'the ETag of a group');
is_error($t->patch("/Groups/$group", [{ op => 'add', path => 'members', value => [{ value => $id }] }],
    'If-Match' => 'W/"9"'), 412, undef, undef, 'a member with a wrong If-Match');
is_json($t->stored_members($group), [], 'is not added');
$res = $t->patch("/Groups/$group", [{ op => 'add', path => 'members', value => [{ value => $id }] }],
    'If-Match' => 'W/"1"');
is_empty($res, 204, 'a member with the right If-Match');
is($t->request(GET => "/Groups/$group")->{etag}, 'W/"2"', 'makes version 2');
is($res->{etag}, 'W/"2"', 'which the 204 tells') if defined $res->{etag};
is_error($t->request(DELETE => "/Groups/$group", undef, 'If-Match' => 'W/"1"'), 412, undef, undef,
    'DELETE with the old If-Match');
is_empty($t->request(DELETE => "/Groups/$group", undef, 'If-Match' => 'W/"2"'), 204, 'DELETE with the right one');

# mod_deflate adds a suffix to the tag, and clients send it back.
my @gzip = (':base' => '/gzip/v2/' . $t->tenant, 'Accept-Encoding' => 'gzip');
$res = $get->(@gzip);
is($res->{headers}->header('Content-Encoding'), 'gzip', 'a compressed answer');
is_empty($get->(@gzip, 'If-None-Match' => $res->{etag}), 304, "If-None-Match: $res->{etag}");
is($t->patch($url, [{ op => 'replace', path => 'title', value => 'zip' }], @gzip, 'If-Match' => $res->{etag})->{status},
    200, "If-Match: $res->{etag}");

is_empty($t->request(DELETE => $url, undef, 'If-Match' => $get->()->{etag}), 204, 'DELETE with the right If-Match');

# A change that writes nothing is answered from the user that it was compared with: if another transaction is changing the
# user, it is compared again after that.
my $shared = $t->make(Users => userName => 'shared', title => 'old');
for my $case (['PUT of the same', PUT => "/Users/$shared", { schemas => [$USER], userName => 'shared', title => 'old' }],
    ['PATCH that changes nothing', PATCH => "/Users/$shared", { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'title', value => 'old' }] }]) {
    my ($name, @request) = @$case;
    my $version = $t->row($shared)->{version};
    open my $psql, '-|', 'psql', '-qAtX', map { ('-c', $_) } 'begin',
        qq(update scim.resource set version = version + 1, doc = doc || '{"title": "other"}' where id = '$shared'), 'select pg_sleep(2)', 'commit' or die "psql: $!";
    ok(eventually(sub { sql("select count(*) from pg_stat_activity where query = 'select pg_sleep(2)' and state = 'active'") }), 'another transaction changes the user');
    my $answer = $t->request(@request, ':host' => 'patient.test');
    close $psql;
    is($answer->{status}, 200, "$name, meanwhile: status");
    is($answer->{json}{title}, 'old', "$name, meanwhile: the answer has what it has set");
    is($answer->{etag}, 'W/"' . ($version + 2) . '"', "$name, meanwhile: after both changes");
    is_json([@{ $t->row($shared) }{qw(version)}, $t->request(GET => "/Users/$shared")->{json}{title}], [$version + 2, 'old'], "$name, meanwhile: stored");
}

done_testing;
