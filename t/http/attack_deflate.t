# A stranger's compressed body is not inflated: with SetInputFilter DEFLATE a few kilobytes may become megabytes of
# JSON.
use strict;
use warnings;
use Compress::Zlib;
use ScimTest;
use Test::More;

my $t = ScimTest->new('inflate');
my $inflating = bless { %$t, base => "/inflate/v2/" . $t->tenant }, 'ScimTest';
my $stranger = bless { %$inflating, token => $t->new_token('stranger') }, 'ScimTest';
scimctl(qw(token revoke --tenant), $t->tenant, 'stranger');
my $user = $t->make(Users => userName => 'someone');

# --- a stranger's body is not read ---
# The body is never sent, so an answer shows that the server did not wait for it.
for my $ask ([POST => '/Users'], [PUT => "/Users/$user"], [PATCH => "/Users/$user"], [POST => '/Bulk'], [POST => '/.search']) {
    for my $length (1, 60_000) {
        my $socket = connect_httpd(Timeout => 20);
        print $socket raw_request($stranger, @$ask, undef, "Content-Type: $TYPE", 'Content-Encoding: gzip', "Content-Length: $length");
        my $start = time;
        is_error(read_reply($socket), 401, undef, 'The bearer token is missing, unknown, expired or revoked.', "a stranger, $ask->[0] $ask->[1], $length bytes");
        cmp_ok(time - $start, '<', 10, 'at once');
    }
}

# --- clients with a token are served as before ---
my @gzip = ('Content-Encoding' => 'gzip', ':base' => $inflating->{base});
my $random = unpack 'H*', join '', map { chr rand 256 } 1 .. 30_000;    # mod_deflate itself refuses what shrinks too well
my $body = Compress::Zlib::memGzip(json({ schemas => [$USER], userName => 'packed', displayName => 'D', title => $random }));
is_reply($inflating->request(POST => '/Users', $body, @gzip), 201,
    $inflating->user({ userName => 'packed', displayName => 'D', active => true, title => $random }), 'inflated');
is_error($inflating->request(POST => '/Users', Compress::Zlib::memGzip(json({ schemas => [$USER], userName => $random x 200 })), @gzip),
    413, undef, qr/^The body is larger than 10485760 bytes/, 'ScimMaxBody counts what was decoded');
# mod_deflate refuses a body that was compressed too well; a body that is not gzip is incomplete.
for my $ask ([POST => '/Users'], [PUT => "/Users/$user"], [PATCH => "/Users/$user"], [POST => '/Bulk'], [POST => '/.search']) {
    is_error($inflating->request(@$ask, Compress::Zlib::memGzip('{"a":"' . 'x' x 20_000_000 . '"}'), @gzip), 413, undef,
        qr/^The compressed body becomes larger than mod_deflate allows \(DeflateInflateRatioLimit, .* a body has at most \d+ bytes\. Send it without compression\.$/, "a bomb: $ask->[0] $ask->[1]");
    is_error($inflating->request(@$ask, 'no gzip at all', @gzip), 400, undef, 'The body did not arrive completely.', 'no gzip');
}
is(sql("select count(*) from scim.resource where type = 'User' and tenant = '" . $t->tenant . "'"), 2, 'nothing else was stored');
is($inflating->request(GET => "/Users/$user", undef, ':base' => $inflating->{base})->{status}, 200, 'GET');
is_error($stranger->request(DELETE => "/Users/$user", undef, ':base' => $inflating->{base}), 401, undef, undef, 'DELETE by a stranger');

done_testing();
