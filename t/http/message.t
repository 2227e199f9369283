# Bodies, connections and headers in HTTP: RFC 9110, RFC 9112.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('message');
my $id = $t->make(Users => userName => 'u', displayName => 'D');
my $whole = $t->request(GET => "/Users/$id");

# Headers of every answer
for my $res ($whole, $t->request(GET => '/Users/none'), $t->request(GET => '/Schemas'), $t->request(GET => '/Users')) {
    is($res->{headers}->header('X-Content-Type-Options'), 'nosniff', "$res->{status}: nosniff");
    is($res->{headers}->header('Content-Length'), length $res->{body}, "$res->{status}: Content-Length");
    is($res->{headers}->header('Content-Type'), $TYPE, "$res->{status}: no charset");
}
like($t->request(GET => '/Users')->{headers}->header('Cache-Control') // '', qr/no-store|private|no-cache/,
    'personal data is not for shared caches');

sub raw {
    my ($bytes, @more) = @_;
    my $socket = connect_httpd();
    print $socket $bytes;
    if (@more) {
        my $line = <$socket>;
        like($line, qr{^HTTP/1\.1 100 }, '100 Continue');
        scalar <$socket>;
        print $socket @more;
    }
    return read_reply($socket);
}
my $head = "Host: $t->{host}\r\nAuthorization: Bearer $t->{token}\r\nContent-Type: $TYPE\r\n";

# Chunks, one byte each
my $body = json({ schemas => [$USER], userName => 'chunks', displayName => 'D' });
my $res = raw("POST $t->{base}/Users HTTP/1.1\r\n${head}Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
    . join('', map {"1\r\n$_\r\n"} split //, $body) . "0\r\n\r\n");
is_reply($res, 201, $t->user({ userName => 'chunks', displayName => 'D', active => true }), 'a body in chunks');

# Expect
$body = json({ schemas => [$USER], userName => 'expect', displayName => 'D' });
$res = raw("POST $t->{base}/Users HTTP/1.1\r\n${head}Connection: close\r\nExpect: 100-continue\r\nContent-Length: "
    . length($body) . "\r\n\r\n", $body);
is($res->{status}, 201, 'Expect: 100-continue') or diag $res->{body};

# A stranger's body that is long, or of unknown length, is not read: there is no 100 Continue.
my $stranger = $t->new_token('stranger');
scimctl(qw(token revoke --tenant), $t->tenant, 'stranger');
for my $length ('Content-Length: 65537', 'Transfer-Encoding: chunked') {
    is_error(raw("POST $t->{base}/Users HTTP/1.1\r\nHost: $t->{host}\r\nAuthorization: Bearer $stranger\r\n"
            . "Content-Type: $TYPE\r\nConnection: close\r\nExpect: 100-continue\r\n$length\r\n\r\n"),
        401, undef, undef, "a stranger, $length");
}
$body = json({ schemas => [$USER], userName => 'long', displayName => 'D', title => 'x' x 65500 });
$res = raw("POST $t->{base}/Users HTTP/1.1\r\n${head}Connection: close\r\nExpect: 100-continue\r\nContent-Length: "
    . length($body) . "\r\n\r\n", $body);
is($res->{status}, 201, 'a long body of an acquaintance') or diag $res->{body};

# Many more objects than any real message has, which would take many times their length of memory
is_error($t->request(POST => '/Users', '{"x":[' . join(',', ('{}') x 20000) . ']}'), 400, 'invalidSyntax',
    qr/more objects and lists/, 'many objects');

# HTTP/1.0
$res = raw("GET $t->{base}/Users/$id HTTP/1.0\r\n${head}\r\n");
is_reply($res, 200, $whole->{json}, 'HTTP/1.0');

# No body where one is needed, and one where none is
is_error($t->request(POST => '/Users', undef, 'Content-Type' => $TYPE), 400, 'invalidSyntax', qr/\w/, 'POST without a body');
is_error($t->request(PATCH => "/Users/$id"), 400, 'invalidSyntax', qr/\w/, 'PATCH without a body');
is($t->request(GET => "/Users/$id", '{}')->{status}, 200, 'GET with a body');
is_error($t->request(DELETE => '/Users/none', '{}'), 404, undef, undef, 'DELETE with a body');
is_error($t->request(POST => '/Users', json({ userName => 'zip' }), 'Content-Encoding' => 'gzip'), 415, undef, qr/\w/,
    'a compressed body');

# The connection stays usable after an answer that was sent before the body.
my @bad = (
    ['401', "POST $t->{base}/Users HTTP/1.1\r\nHost: $t->{host}\r\nContent-Type: $TYPE\r\n"],
    ['415', "POST $t->{base}/Users HTTP/1.1\r\nHost: $t->{host}\r\nAuthorization: Bearer $t->{token}\r\nContent-Type: text/plain\r\n"],
    ['405', "PUT $t->{base}/Users HTTP/1.1\r\n$head"],
    ['404', "POST $t->{base}/Nothing HTTP/1.1\r\n$head"],
);
for my $case (@bad) {
    my ($status, $request) = @$case;
    my $socket = connect_httpd();
    my $junk = "GET /smuggled HTTP/1.1\r\n" . 'x' x 20000;
    print $socket $request, 'Content-Length: ', length $junk, "\r\n\r\n$junk",
        "GET $t->{base}/Users/$id HTTP/1.1\r\n${head}Connection: close\r\n\r\n";
    my $all = do { local $/; <$socket> };
    like($all, qr{^HTTP/1\.1 $status }, "$status with a body that was not read");
    my @answers = $all =~ m{HTTP/1\.1 (\d{3}) [A-Z]}g;
    is_json([@answers], [$status, '200'], 'and the next request on the connection');
}

# Two requests at once on one connection
my $socket = connect_httpd();
print $socket "GET $t->{base}/Users/$id HTTP/1.1\r\n$head\r\n",
    "DELETE $t->{base}/Users/none HTTP/1.1\r\n${head}Connection: close\r\n\r\n";
my $all = do { local $/; <$socket> };
is_json([$all =~ m{HTTP/1\.1 (\d{3}) [A-Z]}g], ['200', '404'], 'two requests at once');

# OPTIONS
$res = $t->request(OPTIONS => '/Users');
is_json([sort split /,\s*/, $res->{headers}->header('Allow') // ''], [qw(GET HEAD OPTIONS POST)], 'OPTIONS');

done_testing;
