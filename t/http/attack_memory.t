# The memory that a body takes is limited by its length. httpd keeps the memory of requests, so the peaks of its
# children show it.
use strict;
use warnings;
use ScimCost;
use ScimTest;
use Test::More;

my $t    = ScimTest->new('memory');
my $SIZE = 4 * 1024 * 1024;    # ScimMaxBody of this Location
my $MOST = 15;                 # times that, with everything that goes with it (docs/operating.md, Memory)
my $id   = '01234567-0000-7000-8000-000000000000';

# The repetitions that fit into a body of $SIZE bytes.
sub filled {
    my ($head, $part, $tail) = @_;
    my $count = int(($SIZE - length($head . $tail)) / (length($part) + 1));
    return $head . join(',', ($part) x $count) . $tail;
}
sub padded { my ($body) = @_; return $body . ' ' x ($SIZE - length $body) }

my $head   = qq({"schemas":["$USER"],"userName":"u");
my $n      = 0;
my $keys   = join ',', map { sprintf '"%x":{}', $_ } 0 .. 90_000;
my @bodies = (
    ['numbers that nobody knows' => 400, POST => '/Users', filled($head . ',"x":[', '1', ']}')],
    ['numbers in a list'         => 400, POST => '/Users', filled($head . ',"emails":[', '1', ']}')],
    ['as many numbers as may be' => 400, POST => '/Users', padded($head . ',"emails":[' . join(',', ('1') x 270_000) . ']}')],
    ['objects'                   => 400, POST => '/Users', filled($head . ',"emails":[', '{}', ']}')],
    ['as many objects as may be' => 400, POST => '/Users', padded($head . ',"emails":[' . join(',', ('{"value":1}') x 110_000) . ']}')],
    ['as many lists as may be'   => 400, POST => '/Users', padded($head . ',"emails":[' . join(',', ('[[]]') x 57_000) . ']}')],
    ['unknown members'           => 201, POST => '/Users', padded(qq({"schemas":["$USER"],"userName":"unknown",$keys}))],
    ['unknown values'            => 201, POST => '/Users', padded(qq({"schemas":["$USER"],"userName":"values","x":[) . join(',', ('[{"a":1}]') x 57_000) . ']}')],
    ['members'                   => 400, POST => '/Groups', filled(qq({"schemas":["$GROUP"],"displayName":"g","members":[), qq({"value":"$id"}), ']}')],
    ['members without objects'   => 400, POST => '/Groups', filled(qq({"schemas":["$GROUP"],"displayName":"g","members":[), qq("$id"), ']}')],
    ['e-mails'                   => 400, POST => '/Users', filled($head . ',"emails":[', '{"value":"a@example.org","type":"work"}', ']}')],
    ['one long text'             => 400, POST => '/Users', $head . ',"title":"' . 'x' x ($SIZE - 100) . '"}'],
    ['escapes'                   => 400, POST => '/Users', $head . ',"title":"' . '\\u00e9' x int($SIZE / 6 - 20) . '"}'],
    ['a PATCH of members'        => 400, PATCH => "/Groups/$id", filled(qq({"schemas":["$PATCH"],"Operations":[{"op":"add","path":"members","value":[), qq({"value":"$id"}), ']}]}')],
    ['a PATCH without paths'     => 400, PATCH => "/Users/$id", filled(qq({"schemas":["$PATCH"],"Operations":[{"op":"add","value":{"emails":[), '{"value":"a@example.org"}', ']}}]}')],
    ['a search'                  => 400, POST => '/.search', filled('{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"attributes":[', '"userName"', ']}')],
);
$t->request(GET => '/Users');
for (@bodies) {
    my ($name, $status, $method, $path, $body) = @$_;
    cmp_ok(length $body, '<=', $SIZE, "$name: no longer than it may be");
    my $before = peak_of();
    my $res = $t->request($method, $path, $body, ':host' => 'patient.test');
    my $grown = 1024 * (peak_of() - $before);
    is($res->{status}, $status, "$name: status") or diag substr $res->{body}, 0, 300;
    cmp_ok($grown, '<=', $MOST * $SIZE, sprintf '%s: %.1f times its length', $name, $grown / $SIZE);
}

done_testing();
