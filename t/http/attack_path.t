# httpd's Require for a tenant, or for a part of the endpoint, applies to every spelling of the path that the module
# understands as that tenant or part.
use strict;
use warnings;
use Test::More;
use IO::Socket::INET;
use ScimFront;
use ScimTest;
use ScimWire 'read_reply';

my $FLAG = 'aadOptscim062020';
my $work = $ENV{SCIM_TEST_WORK};
my %t = map { $_ => ScimTest->new("path-$_") } qw(open location match if);
my %name = map { $_ => $t{$_}->tenant } keys %t;

# One virtual host for each way in which httpd treats slashes.
my %slashes = (plain => '', raw => "MergeSlashes Off\n", decoded => "AllowEncodedSlashes On\n",
    kept => "AllowEncodedSlashes NoDecode\n", both => "MergeSlashes Off\nAllowEncodedSlashes On\n");
my $hosts = join '', map { "<VirtualHost 127.0.0.1:\@port\@>\nServerName $_.test\n$slashes{$_}</VirtualHost>\n" } 'plain',
    grep { $_ ne 'plain' } sort keys %slashes;
my $basic = qq{AuthType Basic\nAuthName "administrators"\nAuthUserFile "$work/administrators"\nRequire valid-user\n};
# Tenants by host, one of which is closed. On a second port no other virtual host receives unknown names.
my $second = free_port();
my $by_host = <<"CONF";
<VirtualHost 127.0.0.1:\@port\@>
    ServerName hosts.test
    ServerAlias *.hosts.test
    <Location "/scim/v2">
        ScimTenant host
    </Location>
    <If "%{SERVER_NAME} == '$name{if}.hosts.test'">
        Require all denied
    </If>
</VirtualHost>
CONF
my $by_host_first = $by_host =~ s/\@port\@/$second/r;
my $front = front(<<"CONF");
<Location "/scim/v2">
    SetHandler scim
    ScimTenant path
    Require all granted
</Location>
<Location "/scim/v2/$name{location}">
    Require all denied
</Location>
<LocationMatch "^/scim/v2/$name{match}(/|\$)">
    Require all denied
</LocationMatch>
<If "%{REQUEST_URI} =~ m#^/scim/v2/$name{if}(/|\$)#">
    Require all denied
</If>
<Location "/scim/v2/$name{open}/Groups">
    Require all denied
</Location>
<Location "/scim-admin">
    SetHandler scim-admin
    $basic
</Location>
<Location "/scim-admin/tenants/$name{location}">
    Require all denied
</Location>
<LocationMatch "^/scim-admin/tenants/$name{match}(/|\$)">
    Require all denied
</LocationMatch>
<Location "/own">
    SetHandler scim-admin
    ScimAdminTenant $name{open}
    $basic
</Location>
$hosts
<VirtualHost 127.0.0.1:\@port\@>
    ServerName $name{location}.hosts.test
    <Location "/scim/v2">
        ScimTenant host
        Require all denied
    </Location>
</VirtualHost>
$by_host
Listen 127.0.0.1:$second
$by_host_first
CONF

# One request, byte for byte; returns its status.
sub ask {
    my ($authorization, $method, $target, $host, $body, @headers) = @_;
    my $port = $host =~ s/ at second$// ? $second : $front->{port};
    my $socket = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $port) or die "connect: $!";
    $socket->autoflush(1);
    print $socket join "\r\n", "$method $target HTTP/1.1", "Host: $host", "Authorization: $authorization", 'Connection: close',
        @headers, ($body ? ("Content-Type: $TYPE", 'Content-Length: ' . length $body) : ()), '', $body // '';
    return read_reply($socket)->{status};
}
sub as { "Bearer $t{$_[0]}{token}" }
my $n = 0;
sub user { json({ schemas => [$USER], userName => 'u' . ++$n }) }
sub stored { sql("select count(*) from scim.resource where tenant = '$name{$_[0]}' and type in ('User', 'Group')") }

# --- a tenant ---
# T is the tenant's name, t its second letter, percent-encoded. The statuses are those of GET and POST with httpd's default handling of slashes.
my @spellings = (
    ['/scim/v2/T/Users', 403],
    ["/scim/v2/T/$FLAG/Users", 403],
    ["/scim/v2/T?$FLAG/Users", 403],
    ["/scim/v2/$FLAG/T/Users", 401],
    ["/scim/v2/T;$FLAG/Users", 401],
    ["/scim/v2/T&$FLAG/Users", 401],
    ["/scim/v2/T%3F$FLAG/Users", 401],
    ["/scim/v2/T%26$FLAG/Users", 401],
    ["/scim/v2?$FLAG/T/Users", 401],
    ["/scim/v2/?$FLAG/T/Users", 401],
    ["/scim/v2/x?$FLAG/../T/Users", 403],
    ["/scim/v2/x?$FLAG/..%2FT/Users", 404],
    ["/scim/v2/x/$FLAG/../T/Users", 403],
    ["/scim/v2/x/$FLAG/../v2/T/Users", 401],
    ["/scim/v2/./$FLAG/T/Users", 403],
    ["/scim/v2/$FLAG/$FLAG/T/Users", 401],
    ["/$FLAG/scim/v2/T/Users", 404],
    ["/scim/v2/$name{open}/../T/Users", 403],
    ['/scim/v2//T/Users', 403],
    ['/scim//v2/T/Users', 403],
    ['//scim/v2/T/Users', 403],
    ['/scim/v2/./T/Users', 403],
    ['/scim/v2/%2E/T/Users', 403],
    ['/scim/v2/x/%2e%2e/T/Users', 403],
    ['/x/../scim/v2/T/Users', 403],
    ['/%73cim/v2/t/Users', 403],
    ['/scim/v2/t/Users', 403],
    ['/scim/v2/%25%37%34/Users', 401],
    ['/scim/v2/%2574/Users', 401],
    ['/scim%2Fv2/T/Users', 404],
    ['/scim/v2%2FT/Users', 404],
    ['/scim/v2/T%2FUsers', 404],
    ['/scim/v2/x%2F..%2FT/Users', 404],
    ['/scim/v2/T./Users', 401],
    ['/scim/v2/T../Users', 401],
    ['/scim/v2/T%20/Users', 401],
    ['/scim/v2/%20T/Users', 401],
    ['/scim/v2/T%09/Users', 401],
    ['/scim/v2/T%0A/Users', 401],
    ['/scim/v2/T%00/Users', 404],
    ['/scim/v2/T;x=y/Users', 401],
    ['/scim/v2/;x=y/T/Users', 401],
    ['/scim/v2;x=y/T/Users', 404],
    ['/scim/v2/T%3B/Users', 401],
    ['/scim/v2/T%5C/Users', 401],
    ['/scim/v2/%5CT/Users', 401],
    ['/scim\\v2\\T/Users', 404],
    ['/scim/v2/U/Users', 401],
    ['/SCIM/v2/T/Users', 404],
    ['/scim/V2/T/Users', 404],
    ['http://plain.test/scim/v2/T/Users', 403],
    ["http://plain.test/scim/v2/T/$FLAG/Users", 403],
    ["http://plain.test/scim/v2/$FLAG/T/Users", 401],
    ['http://elsewhere.test/scim/v2/T/Users', 403],
);
sub spell {
    my ($text, $name) = @_;
    my $encoded = $name =~ s/^(.)(.)/sprintf '%s%%%02X', $1, ord $2/er;
    return $text =~ s/T\b/$name/gr =~ s{(?<=/)t(?=/)}{$encoded}r =~ s{(?<=/)U(?=/)}{uc $name}er;
}
for my $closed (qw(location match if)) {
    for my $row (@spellings) {
        my ($text, $status) = @$row;
        my $target = spell($text, $name{$closed});
        is(ask(as($closed), GET => $target, 'plain.test'), $status, "closed by $closed: $text");
        for my $host (sort keys %slashes) {
            my $answer = ask(as($closed), POST => $target, "$host.test", user());
            ok($answer >= 400 && $answer < 500, "$host: it is refused") or diag "$text: $answer";
        }
    }
    is(stored($closed), 0, "closed by $closed: nothing was stored");
}

# --- a part of the endpoint of an open tenant ---
my @parts = ('/Groups', "/$FLAG/Groups", "?$FLAG/Groups", "/?$FLAG/Groups", "/$FLAG//Groups", '//Groups', '/./Groups', '/x/../Groups', '/%47roups',
    "?$FLAG//Groups", "?$FLAG/x/../Groups", "?$FLAG/%47roups", "?$FLAG/./Groups?x", "/$FLAG/Users/../Groups", '/Groups/', '/Groups/x');
for my $part (@parts) {
    is(ask(as('open'), GET => "/scim/v2/$name{open}$part", 'plain.test'), 403, "a part that is closed: $part");
    my $answer = ask(as('open'), POST => "/scim/v2/$name{open}$part", 'raw.test', json({ schemas => [$GROUP], displayName => 'g' }));
    ok($answer == 403 || $answer == 404, 'where slashes are not merged') or diag $answer;
}
for my $part ('/Groups;x', "/Groups;$FLAG", "/Groups&$FLAG", "/Groups%3F$FLAG", '/groups', '/Groups.', "/x/$FLAG/Groups", "/$FLAG/$FLAG/Groups",
    "?$FLAG/$FLAG/Groups", "?$FLAG;/Groups", "?x&$FLAG/Groups") {
    my $status = $part =~ /^\?[^\/]*[;&]/ ? 200 : 404;
    is(ask(as('open'), GET => "/scim/v2/$name{open}$part", 'plain.test'), $status, "no such part: $part");
}
is(stored('open'), 0, 'nothing was stored');

# --- allowed requests ---
for my $part ('/Users', "/$FLAG/Users", "?$FLAG/Users", "/?$FLAG/Users?count=1", "?$FLAG/Users&count=1", "/\UAADOPTSCIM062020\E/Users", "/Users?$FLAG") {
    is(ask(as('open'), POST => "/scim/v2/$name{open}$part", 'plain.test', user()), 201, "an open tenant: $part");
}
is(stored('open'), 7, 'which are all there');

# --- the tenant in the host name ---
my %host = map { $_ => "$name{$_}.hosts.test" } keys %name;
is(ask(as('open'), GET => '/scim/v2/Users', $host{open}), 200, 'an open tenant by its host');
is(ask(as('open'), GET => "/scim/v2/$FLAG/Users", $host{open}), 200, 'the flag behind it');
is(ask(as('open'), GET => "/scim/v2?$FLAG/Users", $host{open}), 200, 'and in the query');
for my $closed (qw(location if)) {
    my $host = $host{$closed};
    is(ask(as($closed), GET => '/scim/v2/Users', $_), 403, "closed by $closed: $_")
        for $host, uc $host, "$host.", "$host:$front->{port}", "$host:80", ucfirst $host;
    is(ask(as($closed), GET => "http://$host/scim/v2/Users", $host{open}), 403, 'the host of the request line counts');
    is(ask(as($closed), GET => "http://$host{open}/scim/v2/Users", $host), 401, 'not the other one');
    is(ask(as($closed), GET => '/scim/v2/Users', $host, undef, "Host: $host{open}"), 400, 'two hosts');
    is(ask(as($closed), GET => '/scim/v2/Users', $host{open}, undef, "X-Forwarded-Host: $host"), 401, 'a header that says so');
    is(ask(as($closed), GET => '/scim/v2/Users', "$name{$closed}.elsewhere.test"), 401, "closed by $closed: a name that nobody has");
}
is(ask(as('open'), GET => '/scim/v2/Users', "$host{open} at second"), 200, 'where no other virtual host is: its own names');
is(ask(as('if'), GET => '/scim/v2/Users', "$host{if} at second"), 403, 'and the closed one');
is(ask(as($_), GET => '/scim/v2/Users', "$name{$_}.elsewhere.test at second"), 401, 'a name that nobody has') for qw(open if);
is(ask(as($_), GET => '/scim/v2/Users', "$name{$_} at second"), 401, 'the tenant alone') for qw(open if);

# --- the admin API ---
my $admin = $t{open}->admin(GET => '', undef, ':port' => $front->{port}, ':base' => '/scim-admin');
is($admin->{status}, 200, 'an open tenant');
my $password = 'Basic YWRtaW46c2VjcmV0';
for my $closed (qw(location match)) {
    for my $row (['/scim-admin/tenants/T', 403], ['/scim-admin//tenants/T', 403], ['/scim-admin/tenants//T', 403], ['/scim-admin/./tenants/T', 403],
        ['/scim-admin/tenants/t', 403], ['/scim-admin/tenants/%2574', 404], ['/scim-admin/tenants/x/../T', 403], ['/scim-admin/tenants%2FT', 404],
        ['/scim-admin/tenants/T;x', 404], ['/scim-admin/tenants/U', 404], ["/scim-admin/$FLAG/tenants/T", 404], ["/scim-admin/tenants/T;$FLAG", 404],
        ["/scim-admin/tenants/x?$FLAG/../T", 400], ['/scim-admin/tenants/T/', 403], ['/scim-admin/tenants/T/users', 403]) {
        my ($text, $status) = @$row;
        my $target = spell("$text/", $name{$closed}) =~ s{/$}{}r;
        is(ask($password, GET => $target, 'plain.test'), $status, "admin, closed by $closed: $text");
        for my $host (sort keys %slashes) {
            my $answer = ask($password, DELETE => $target, "$host.test");
            ok($answer >= 400 && $answer < 500, "$host: it is refused") or diag "$text: $answer";
        }
    }
    is(sql("select count(*) from scim.tenant where tenant = '$name{$closed}'"), 1, 'the tenant is still there');
}
my @own = (':port' => $front->{port}, ':base' => '/own');
is($t{open}->admin(GET => '/users', undef, @own)->{status}, 200, 'the one tenant of a Location');
is($t{open}->admin(GET => "/users?tenant=$name{if}", undef, @own)->{status}, 400, 'another one in the query');
is($t{open}->admin(POST => '/users', { tenant => $name{if}, userName => 'x' }, @own)->{status}, 400, 'another one in the body');
is($t{if}->admin(GET => '/users', undef, @own)->{status}, 404, 'another one in the path');
is(stored('if'), 0, 'nothing was stored');

done_testing;
