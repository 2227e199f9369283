# A client sends the module's own headers in every way that HTTP has: none of them reaches the application.
use strict;
use warnings;
use MIME::Base64 'encode_base64';
use Test::More;
use ScimAuthz;
use ScimFront;
use ScimTest;

my $t = ScimTest->new('headers');
$t->make(Users => userName => 'plain');
my $app = application();
my $to = "http://127.0.0.1:$app->{port}/";
my $people = passwords('plain');
my $site = ScimAuthz->new($t, <<"CONF", qw(proxy proxy_http http2 request session session_cookie auth_form rewrite));
Protocols h2c http/1.1
MergeTrailers On
ProxyPassInherit Off
<Location "/told">
    AUTH
    TENANT
    ScimFacts both
    Require scim-user
    ProxyPass "$to"
</Location>
<Location "/open">
    Require all granted
    ProxyPass "$to"
</Location>
<Location "/again">
    AUTH
    TENANT
    ScimFacts headers
    Require scim-user
    ProxyPass "http://127.0.0.1:\@port\@/told/"
</Location>
<LocationMatch "^/form">
    AuthType form
    AuthName people
    AuthFormProvider file
    AuthUserFile "$people"
    Session On
    SessionCookieName session path=/
    TENANT
    Require scim-user
</LocationMatch>
<Location "/formopen">
    ProxyPass "$to"
</Location>
<Location "/formtold">
    ScimFacts both
    ProxyPass "$to"
</Location>
<Location "/formelse">
    RewriteEngine On
    RewriteRule "else/(.*)\$" "/told/\$1" [PT]
</Location>
CONF
my $port = $site->{front}{port};
my $auth = 'Basic ' . encode_base64('plain:secret', '');

# The answer to a request by `$ask`, and what the application received.
sub told {
    my ($ask) = @_;
    truncate $app->{log}, 0;
    my $answer = $ask->();
    return ($answer, arrived($app));
}

# Our header names among those that arrived, with any character instead of the hyphens.
sub ours { return [sort map { lc } $_[0] =~ /^(x.scim[^:\r\n]*):/mig] }
my @facts = map {"x-scim-$_"} qw(account entitlements flags groups id role roles tenant);

sub is_clean {
    my ($path, $text, $name) = @_;
    is_deeply(ours($text), $path =~ /open/ ? [] : \@facts, "$path: $name: the server's own and no other") or diag $text;
    unlike($text, qr/administrator|Admins/i, "$path: $name: nothing of what was said");
    like($text, qr/^X-Scim-Role: user\r$/m, "$path: $name: the role is the account's") if $path !~ /open/;
}

# --- HTTP/1.1, line by line ------------------------------------------------------------------------------------------------------

sub by_lines {
    my ($path, @lines) = @_;
    my $socket = connect_httpd(PeerPort => $port);
    print $socket join("\r\n", "GET $path/x HTTP/1.1", 'Host: x', "Authorization: $auth", 'Connection: close', @lines, '', '');
    local $/;
    return scalar <$socket> // '';
}
my %ways = (
    'another case'                  => ['x-scim-role: administrator', 'X-SCIM-ROLES: administrator', 'x-sCiM-gRoUpS: Admins'],
    'underscores'                   => ['X_Scim_Role: administrator', 'x_scim-groups: Admins', 'X-SCIM_ROLES: administrator'],
    'other characters'              => ['X.Scim.Role: administrator', 'X!Scim~Groups: Admins', 'X-Scim+Roles: administrator', "X'Scim`Role: administrator", 'X|Scim^Role: administrator'],
    'the same name three times'     => [('X-Scim-Role: administrator') x 3],
    'the same name around others'   => ['X-Scim-Role: administrator', 'Accept: */*', 'x-scim-role: administrator', 'X-Scim-Role: administrator'],
    'fifty names'                   => [map {"X-Scim-Role$_: administrator"} 1 .. 50],
    'the prefix alone, and empty'   => ['X-Scim-: administrator', 'X-Scim-Role:', 'X-Scim-Role: administrator'],
    'names that Connection has'     => ['X-Scim-Role: administrator', 'Connection: X-Scim-Role, X-Scim-Id', 'Connection: x-scim-groups'],
    'names that other headers list' => ['X-Scim-Role: administrator', 'Trailer: X-Scim-Role', 'Vary: X-Scim-Role', 'TE: trailers'],
);
for my $path (qw(/open /told)) {
    for my $way (sort keys %ways) {
        my ($answer, $text) = told(sub { by_lines($path, @{ $ways{$way} }) });
        like($answer, qr{^HTTP/1.1 200 }, "$path: $way: status");
        is_clean($path, $text =~ s/^(Trailer|Vary): .*\r\n//mgr, $way);
    }
    # Lines that httpd does not accept as headers.
    for my $line ('X-Scim-Role : administrator', "X-Scim\tRole: administrator", ' X-Scim-Role: administrator', "X-Other: a\r\n X-Scim-Role: administrator",
        "X-Scim-Role\x{0}: administrator", "X-Scim-R\xf6le: administrator") {
        truncate $app->{log}, 0;
        my $answer = by_lines($path, $line);
        my ($status) = $answer =~ m{^HTTP/1.1 (\d+)};
        is_deeply(ours(arrived($app, $status == 200 ? 5 : 0)), $status == 200 && $path !~ /open/ ? \@facts : [], "$path: " . ($line =~ s/[^ -~]/?/gr) . ": $status");
    }
}
my ($answer, $text) = told(sub { by_lines('/again', map {@$_} @ways{'another case', 'underscores'}) });
like($answer, qr{^HTTP/1.1 200 }, 'proxied twice: status');
is_clean('/again', $text, 'proxied twice');

# --- trailers that arrive before the application is asked: a form is read in order to log its sender in ------------------------------

my $form = 'httpd_username=plain&httpd_password=secret';
for my $path (qw(/formopen /formtold /formelse)) {
    ($answer, $text) = told(sub {
        my $socket = connect_httpd(PeerPort => $port);
        print $socket join("\r\n", "POST $path/x HTTP/1.1", 'Host: x', "Authorization: $auth", 'Connection: close', 'Content-Type: application/x-www-form-urlencoded',
            'Transfer-Encoding: chunked', '', sprintf('%x', length $form), $form, 0, 'X-Scim-Role: administrator', 'x_scim-groups: Admins', 'Connection: X-Scim-Id', '', '');
        local $/;
        return scalar <$socket> // '';
    });
    like($answer, qr{^HTTP/1.1 200 }, "$path: a form with trailers: status");
    is_clean($path, $text, 'a form with trailers');
}

# --- HTTP/2, with trailers ---------------------------------------------------------------------------------------------------------

sub frame { my ($type, $flags, $stream, $bytes) = @_; return pack('Nn', length($bytes) << 8 | $type, 0) =~ s/..\z//sr . pack('CN', $flags, $stream) . $bytes }
# Literal fields, never indexed, not compressed.
sub fields {
    my (@fields) = @_;
    my $number = sub { my ($n) = @_; return $n < 127 ? pack 'C', $n : pack('C', 127) . pack 'C', $n - 127 };
    return join '', map { my ($name, $value) = @$_; "\x10" . $number->(length $name) . $name . $number->(length $value) . $value } @fields;
}

# Sends a POST on its own connection. Returns the numbers of the received frames when the stream has ended.
sub by_frames {
    my ($path, $headers, $trailers) = @_;
    my $socket = connect_httpd(PeerPort => $port);
    print $socket "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", frame(4, 0, 0, ''),
        frame(1, 4, 1, fields([':method', 'POST'], [':scheme', 'http'], [':path', "$path/x"], [':authority', 'x'], ['authorization', $auth], @$headers)),
        frame(0, 0, 1, 'body'), frame(1, 5, 1, fields(@$trailers));
    my $seen = '';
    while (read($socket, my $head, 9) == 9) {
        my ($high, $low, $type, $flags, $stream) = unpack 'CnCCN', $head;
        my $length = $high << 16 | $low;
        read $socket, my $body, $length if $length;
        $seen .= "$type ";
        last if $type == 7 || $stream == 1 && ($type == 3 || $flags & 1);
    }
    return $seen;
}
my @said = map { [$_, 'administrator'] } 'x-scim-role', 'x_scim_role', 'x-scim-role', 'x.scim.roles', 'x-scim-groups';
for my $path (qw(/open /told)) {
    my ($seen, $got) = told(sub { by_frames($path, \@said, [['x-end', 'yes'], @said]) });
    like($seen, qr/\b1 /, "$path: HTTP/2: answered");
    like($got, qr{^POST /+x HTTP/1.1}, "$path: HTTP/2: the request arrives");
    is_clean($path, $got, 'HTTP/2, headers and trailers');
}

# --- an account in very many groups --------------------------------------------------------------------------------------------------

my $tenant = $t->tenant;
my $user = $t->make(Users => userName => 'many');
passwords('many');
$auth = 'Basic ' . encode_base64('many:secret', '');
sql("insert into scim.resource (tenant, id, type, doc) select '$tenant', scim.new_id(now()), 'Group', jsonb_build_object('displayName', 'Group, ' || i)
    from generate_series(1, 10000) i");
sql("insert into scim.membership (tenant, group_id, member_id, member_type) select '$tenant', r.id, '$user', 'User' from scim.resource r
    where r.tenant = '$tenant' and r.type = 'Group'");
sql('analyze scim.resource, scim.membership');
($answer, $text) = told(sub { by_lines('/told') });
like($answer, qr{^HTTP/1.1 200 }, '10,000 groups: let in');
my ($groups) = $text =~ /^X-Scim-Groups: ([^\r\n]*)\r$/m;
cmp_ok(length $groups, '<=', 4096, '10,000 groups: the list is cut');
my @told = split /,/, $groups;
is(pop @told, '...', '10,000 groups: with a mark');
is(scalar(grep { !/^Group%2C \d+$/ } @told), 0, '10,000 groups: behind whole names');
cmp_ok(scalar @told, '>', 200, '10,000 groups: as many as there is room for');
is_deeply([$site->error_lines(qr/exit signal|Sanitizer/)], [], 'nothing crashed');
done_testing;
