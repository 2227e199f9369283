# A wrong request gets a SCIM error that says what is wrong, and changes nothing.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;

my $t = ScimTest->new('badinput');
my $id = $t->make(Users => userName => 'u', displayName => 'D');
my $group = $t->make(Groups => displayName => 'G');
my $count = sub { sql("select count(*) from scim.resource where tenant = '$t->{tenant}'") };
my $before = $count->();
my $doc = $t->row($id);

# Bodies that are not JSON, or that RFC 8259 or the strict reader refuse, by POST, PUT and PATCH.
my $name = '"userName": "bad"';
my %bad = (
    'empty' => '', 'blank' => '  ', 'not JSON' => 'userName=bad', 'cut off' => "{$name", 'a string' => '"x"',
    'a number' => '1', 'null' => 'null', 'a list' => "[{$name}]", 'a tail' => "{$name} x", 'two texts' => "{$name}{}",
    'a comment' => "{$name /* x */}", 'a trailing comma' => "{$name,}", 'single quotes' => "{'userName': 'bad'}",
    'no quotes' => '{userName: "bad"}', 'NaN' => "{$name, \"x\": NaN}", 'a plus' => "{$name, \"x\": +1}",
    'a leading zero' => "{$name, \"x\": 01}", 'a raw newline' => "{$name, \"title\": \"a\nb\"}",
    'a wrong escape' => "{$name, \"title\": \"\\x\"}", 'a raw NUL' => "{$name, \"title\": \"a\0b\"}",
    'a NUL after the text' => "{$name}\0", 'an escaped NUL' => "{$name, \"title\": \"a\\u0000b\"}",
    'an escaped NUL in a name' => "{$name, \"ti\\u0000tle\": \"b\"}",
    'a lone high surrogate' => "{$name, \"title\": \"\\ud83d\"}", 'a lone low surrogate' => "{$name, \"title\": \"\\ude00\"}",
    'surrogates in the wrong order' => "{$name, \"title\": \"\\ude00\\ud83d\"}",
    'invalid UTF-8' => "{$name, \"title\": \"\xff\"}", 'overlong UTF-8' => "{$name, \"title\": \"\xc0\xaf\"}",
    'a surrogate in UTF-8' => "{$name, \"title\": \"\xed\xa0\x80\"}", 'beyond Unicode' => "{$name, \"title\": \"\xf4\x90\x80\x80\"}",
    'cut UTF-8' => "{$name, \"title\": \"\xe2\x82\"}", 'UTF-16' => "\xff\xfe{\0}\0",
    'a byte order mark' => "\xef\xbb\xbf{$name}",
    'a name twice' => "{$name, \"title\": \"a\", \"title\": \"b\"}",
    'a name twice, one escaped' => "{$name, \"title\": \"a\", \"\\u0074itle\": \"b\"}",
    'a name twice inside' => "{$name, \"name\": {\"givenName\": \"a\", \"givenName\": \"b\"}}",
    'too deep' => "{$name, \"x\": " . '[' x 100 . ']' x 100 . '}',
    'far too deep' => '[' x 200000,
    'too deep in objects' => '{"x":' x 5000 . '1' . '}' x 5000,
);
for my $case (sort keys %bad) {
    utf8::downgrade($bad{$case});
    is_error($t->request(POST => '/Users', $bad{$case}), 400, 'invalidSyntax', qr/\w/, "POST $case");
}
for my $case ('not JSON', 'invalid UTF-8', 'a name twice', 'too deep', 'a list', 'empty') {
    is_error($t->request(PUT => "/Users/$id", $bad{$case}), 400, 'invalidSyntax', undef, "PUT $case");
    is_error($t->request(PATCH => "/Users/$id", $bad{$case}), 400, 'invalidSyntax', undef, "PATCH $case");
    is_error($t->request(POST => '/Groups', $bad{$case}), 400, 'invalidSyntax', undef, "POST a group: $case");
}
like($t->request(POST => '/Users', "{$name,\n\n  x}")->{json}{detail}, qr/line 3/, 'the detail says where');
is_error($t->request(POST => '/Users', "{$name, \"title\": \"a\", \"TITLE\": \"b\"}"), 400, qr/^invalid(?:Syntax|Value)$/,
    qr/title/i, 'a name twice, in another case');

# Wrong types: the detail names the attribute.
for my $wrong ([userName => 5], [userName => true], [userName => []], [userName => {}], [active => 'maybe'], [active => 1],
    [title => 5], [title => ['x', 'y']], [title => { a => 1 }], [name => 'x'], [name => [1]],
    [emails => 5], [emails => [[]]], [emails => [{ value => 5 }]], [emails => [{ value => 'a', primary => 'x' }]],
    [emails => [{ type => ['work', 'home'] }]], [externalId => 5], [schemas => 'x'], [schemas => [5]], [$ENTERPRISE => 'x'],
    [$ENTERPRISE => { employeeNumber => 5 }], [x509Certificates => [{ value => 'not base64!' }]])
{
    my ($attribute, $value) = @$wrong;
    (my $last = $attribute) =~ s/.*://;
    is_error($t->request(POST => '/Users', { schemas => [$USER], userName => 'bad', $attribute => $value }), 400,
        qr/^invalid(?:Value|Syntax)$/, qr/\w/, "wrong type: " . json({ $attribute => $value }));
}
like($t->request(POST => '/Users', { schemas => [$USER], userName => 'bad', name => { givenName => 5 } })->{json}{detail},
    qr/givenName/, 'the detail names the sub-attribute');

# Long values are answered, and cause no failure.
for my $attribute (qw(userName externalId displayName title)) {
    for my $length (1000, 3000, 100000) {
        my $value = join '', map { chr(33 + ($_ * 7919 + ($_ >> 3) * 31 + $_ * $_) % 90) } 1 .. $length;
        my $res = $t->request(POST => '/Users', { schemas => [$USER], userName => 'long', $attribute => $value });
        if ($res->{status} == 201) {
            is($res->{json}{$attribute}, $value, "$attribute of $length characters comes back");
            $t->request(DELETE => "/Users/$res->{json}{id}");
            sql("delete from scim.resource where tenant = '$t->{tenant}' and id = '$res->{json}{id}'");
        } else {
            is_error($res, 400, 'invalidValue', qr/$attribute|long/, "$attribute of $length characters");
        }
    }
}
for my $long ({ emails => [{ value => 'x' x 5000 . join '', map { chr(97 + $_ * $_ % 26) } 1 .. 9000 }] }) {
    my $res = $t->request(POST => '/Users', { schemas => [$USER], userName => 'long', %$long });
    like($res->{status}, qr/^(?:201|400)$/, 'a long e-mail address') or diag $res->{body};
    sql("delete from scim.resource where tenant = '$t->{tenant}' and id = '$res->{json}{id}'") if $res->{status} == 201;
}
is($count->(), $before, 'nothing is stored') or diag sql("select doc::text from scim.resource where tenant = '$t->{tenant}'");
is_json($t->row($id), $doc, 'nothing has changed');

# Media types
my %json = (schemas => [$USER], userName => 'type');
for my $type ('text/plain', 'application/xml', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x',
    'application/jsonx', 'application', 'application/scim', '')
{
    is_error($t->request(POST => '/Users', \%json, 'Content-Type' => $type), 415, undef, qr/\w/, "Content-Type '$type'");
}
for my $type ('application/scim+json', 'application/json', 'application/scim+json; charset=utf-8',
    'application/json;charset="UTF-8"', 'Application/SCIM+JSON')
{
    my $res = $t->request(POST => '/Users', \%json, 'Content-Type' => $type);
    is($res->{status}, 201, "Content-Type '$type'") or diag $res->{body};
    is($res->{type}, $TYPE, 'the answer has its one type');
    $t->request(DELETE => "/Users/$res->{json}{id}") if $res->{json}{id};
}
like($t->request(POST => '/Users', \%json, 'Content-Type' => 'application/json; charset=iso-8859-1')->{status},
    qr/^(?:415|201)$/, 'another charset');
for my $type ('text/html', 'application/xml', 'application/scim+json;q=0', 'image/*', 'application/*+json;q=0, application/json;q=0', 'text/*+json', 'application/*+xml') {
    is_error($t->request(GET => '/Users', undef, Accept => $type), 406, undef, qr/\w/, "Accept: $type");
}
for my $type ('application/scim+json', 'application/json', '*/*', 'application/*', 'text/html, */*;q=0.1', '',
    'text/html, application/json;q=0.9', 'application/*+json', 'application/*+json;q=0.5, text/html', 'application/*;q=0, application/*+json', 'APPLICATION/*+JSON',
    'application/*+json;q=0, application/scim+json', 'APPLICATION/SCIM+JSON', 'application/scim+json; charset=utf-8')
{
    my $res = $t->request(GET => '/Users', undef, Accept => $type);
    is("$res->{status} $res->{type}", "200 $TYPE", "Accept: $type");
}

# A resource of more than 1 MiB, at once and grown
my @certificates = map { { value => 'QUJD' x 16000 . sprintf '%04d', $_ } } 1 .. 17;
my $grown = $t->make(Users => userName => 'grown', x509Certificates => [@certificates[0 .. 15]]);
is_error($t->request(POST => '/Users', { schemas => [$USER], userName => 'whole', x509Certificates => \@certificates }), 413,
    undef, qr/User would take \d+ bytes; at most 1048576/, 'a resource too large');
for my $way ([PUT => { schemas => [$USER], userName => 'grown', x509Certificates => \@certificates }],
    [PATCH => { schemas => [$PATCH], Operations => [{ op => 'add', path => 'x509Certificates', value => [$certificates[16]] }] }])
{
    is_error($t->request($way->[0] => "/Users/$grown", $way->[1]), 413, undef, qr/User would take/, "$way->[0] makes it too large");
}
is($t->row($grown)->{version}, 1, 'and changes nothing');

# Too large: a declared length, an undeclared one, and httpd's own limit.
my $large = { schemas => [$USER], userName => 'large', title => 'x' x 3000 };
is_error($t->request(POST => '/Users', $large, ':base' => '/small/v2/' . $t->tenant), 413, undef, qr/\w/, 'too large');
for my $base ('/small/v2/', '/limited/v2/') {
    my $socket = connect_httpd();
    my $body = json($large);
    print $socket "POST $base" . $t->tenant . "/Users HTTP/1.1\r\nHost: $t->{host}\r\nConnection: close\r\n",
        "Authorization: Bearer $t->{token}\r\nContent-Type: $TYPE\r\nTransfer-Encoding: chunked\r\n\r\n",
        sprintf("%x\r\n%s\r\n", length $body, $body), "0\r\n\r\n";
    is_error(read_reply($socket), 413, undef, undef, "too large in chunks: $base");
}
is_error($t->request(POST => '/Users', $large, ':base' => '/limited/v2/' . $t->tenant), 413, undef, undef,
    "larger than httpd's LimitRequestBody");
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'x' x 20 }, ':base' => '/small/v2/' . $t->tenant)->{status},
    201, 'small enough');
is_error($t->request(POST => '/Users', "{$name, \"x\": " . '[' x 8 . ']' x 8 . '}', ':base' => '/small/v2/' . $t->tenant),
    400, 'invalidSyntax', qr/deep|nest/i, 'ScimMaxDepth');
is($t->request(POST => '/Users', "{\"userName\": \"deep\", \"x\": " . '[' x 20 . ']' x 20 . '}')->{status}, 201,
    'deep enough');

# Paths
for my $path ('/Nothing', '/users', '/Users/', "/Users/$id/emails", "/Users/$id/x/y", '//Users',
    '/Users//', '/Users/%20', '/Groups/x', '/Users;x', '/%55sers/none', "/Users/../Users/$id/..", '/Usersx', '/Bulkx')
{
    my $res = $t->request(GET => $path);
    is_error($res, 404, undef, qr/\w/, "GET '$path'") unless $path =~ m{^(?:/Users/|//Users|/Users//|/Users/\.\..*)$};
    like($res->{status}, qr/^(?:200|404)$/, "GET '$path' is answered") if $path =~ m{^(?:/Users/|//Users|/Users//|/Users/\.\..*)$};
}
is_error($t->request(GET => '/Users/a%2Fb'), 404, undef, undef, '%2F, which is no slash');
is_error($t->request(GET => "/Users/$id%00"), 404, undef, undef, '%00, which httpd refuses');

# Methods
for my $wrong (['/Users', 'GET,POST', qw(PUT PATCH DELETE)], ["/Users/$id", 'DELETE,GET,PATCH,PUT', 'POST'],
    ['/Groups', 'GET,POST', qw(PUT PATCH DELETE)], ["/Groups/$group", 'DELETE,GET,PATCH,PUT', 'POST'],
    ['/Users', 'GET,POST', qw(MKCOL BREW PROPFIND LOCK)])
{
    my ($path, $allow, @methods) = @$wrong;
    for my $method (@methods) {
        my $res = $t->request($method => $path, $method eq 'DELETE' ? undef : {});
        is_error($res, 405, undef, undef, "$method $path");
        is(join(',', sort grep { !/^(?:HEAD|OPTIONS)$/ } split /,\s*/, $res->{headers}->header('Allow') // ''), $allow,
            "$method $path: Allow");
    }
}
my $head = $t->request(HEAD => "/Users/$id");
is(join(' ', @$head{qw(status type body etag)}), "200 $TYPE  W/\"1\"", 'HEAD');

# Query parameters
for my $query ('filter=%ff', 'filter=userName%20eq%20%22%00%22', 'attributes=%ff', 'count=%') {
    my $res = $t->request(GET => "/Users?$query");
    like($res->{status}, qr/^(?:400|200)$/, "?$query is answered");
    is($res->{type}, $TYPE, "?$query: type");
}

# Refusals by httpd itself, inside the Location
is_error($t->request(GET => '/Users', undef, ':base' => '/denied/v2/' . $t->tenant), 403, undef, qr/\w/,
    'Require all denied');
is_error($t->request(POST => '/Users', \%json, ':base' => '/denied/v2/' . $t->tenant), 403, undef, qr/\w/,
    'Require all denied, with a body');
is_error($t->request(GET => '/Users', undef, Expect => 'something'), 417, undef, undef, 'an unknown expectation');
my $socket = connect_httpd();
print $socket "POST /scim/v2/" . $t->tenant . "/Users HTTP/1.1\r\nHost: $t->{host}\r\nAuthorization: Bearer $t->{token}\r\n",
    "Content-Type: $TYPE\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n";
is_error(read_reply($socket), 400, undef, undef, 'wrong chunks');

is_json($t->row($id), $doc, 'in the end nothing has changed');

done_testing;
