# The logs have no secret, and a client cannot forge a line or control a terminal.
use strict;
use warnings;
use Test::More;
use ScimTest;

my $t = ScimTest->new('logs');
my $work = $ENV{SCIM_TEST_WORK};
my @logs = map {"$work/t/logs/$_"} qw(error_log access_log full_log);
my %start = map { $_ => -s $_ } @logs, "$work/pg.log";
my $id = $t->make(Users => userName => 'u');
my $secret = substr $t->{token}, 15;
my $password = 'Tr0ub4dor-' . $$;
my $evil = "\r\n[Sun] FORGED \e[2J\x7f\x{9b}";                    # of a JSON string, that is UTF-8
my $in_url = '%0D%0A[Sun]%20FORGED%20%1B[2J%7F%C2%9B%FF%FE';    # the same and invalid UTF-8

# What was logged since the test began.
sub logged {
    my ($file) = @_;
    open my $in, '<:raw', $file or die "$file: $!";
    seek $in, $start{$file}, 0;
    local $/;
    return scalar <$in>;
}

# Requests of every kind, good and bad.
sub ask {
    my ($name, @ask) = @_;
    my $res = $t->request(@ask);
    cmp_ok($res->{status}, '<', 500, "$name: $res->{status}");
    return $res;
}

# --- secrets ---
my $wrong = $t->{token};
substr $wrong, 40, 1, substr($wrong, 40, 1) eq 'A' ? 'B' : 'A';
my @places = (["/Users/$t->{token}"], ["/$t->{token}"], ["/Users?access_token=$t->{token}"], ["/Users?access_token=$password"],
    ["/Users?filter=userName%20eq%20%22$t->{token}%22"], ["/Users?filter=$t->{token}%20eq%201"], ["/Users?count=$t->{token}"],
    ["/Users?x=1&access_token=$t->{token}&y=2", Authorization => undef], ["/Users?access_token=$wrong", Authorization => undef],
    ['/Users', Authorization => "Bearer $wrong"], ['/Users', Authorization => "Token $t->{token}"], ['/Users', Authorization => $t->{token}],
    ['/Users', Authorization => "Bearer Bearer $t->{token}"], ['/Users', Authorization => "Bearer $t->{token}, Bearer $t->{token}"],
    ['/Users', Referer => "https://x.example/?access_token=$t->{token}"],
    ['/Users', Referer => "http://127.0.0.1$t->{base}/Users?filter=password%20eq%20%22$password%22"], ["/Schemas/$t->{token}"], ["/ResourceTypes/$t->{token}"]);
ask("a token in GET $_->[0]", GET => $_->[0], undef, @$_[1 .. $#$_]) for @places;
is($t->request(GET => "/x/$t->{token}", undef, ':base' => '/scim/v2')->{status}, 401, "at another tenant's URL");
is($t->request(GET => "/x/$t->{token}", undef, ':base' => '/elsewhere')->{status}, 404, 'outside of every Location');
is($t->request(GET => "/Users?x=" . 'y' x 9000 . "&access_token=$t->{token}")->{status}, 414, 'in a URL that is too long');
is($t->request(GET => "/Users?access_token=$t->{token}", undef, ':base' => "/denied/v2/$t->{tenant}")->{status}, 403, 'where httpd refuses');
ask('a token as a value', POST => '/Users', { schemas => [$USER], userName => $t->{token}, active => $t->{token} });
ask('as the name of a user', POST => '/Users', { schemas => [$USER], userName => $t->{token} }) for 1, 2;
ask('as a member', PATCH => "/Users/$id", { schemas => [$PATCH], Operations => [{ op => $t->{token}, path => $t->{token} }] });

ask('a password in POST', POST => '/Users', { schemas => [$USER], userName => 'p', password => $password });
is(sql("select count(*) from scim.resource where tenant = '$t->{tenant}' and doc::text like '%$password%'"), 0, 'it is not stored');
ask("a password: $_", POST => '/Users', qq({"schemas":["$USER"],"userName":"q","password":$_)) for qq(["$password"]}), qq({"a":"$password"}}),
    qq("$password), qq("$password" x}), qq("$password","password":"$password"}), qq("$password\x01"}), qq("$password","active":7});
ask('of a name that is taken', POST => '/Users', { schemas => [$USER], userName => 'U', password => $password });
ask('PUT', PUT => "/Users/$id", { schemas => [$USER], password => $password });
ask("PATCH: $_->[0]", PATCH => "/Users/$id", { schemas => [$PATCH], Operations => [{ op => 'replace', @{ $_->[1] } }] })
    for ['path', [path => 'password', value => $password]], ['no path', [value => { password => $password }]],
    ['of a wrong type', [path => 'password', value => [$password]]], ['in an object', [path => 'password', value => { x => $password }]],
    ['below', [path => 'password.x', value => $password]], ['with active', [value => { password => $password, active => 'x' }]];
ask('Bulk', POST => '/Bulk', { schemas => ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations => [
    { method => 'PATCH', path => "/Users/$id", data => { schemas => [$PATCH], Operations => [{ op => 'replace', path => 'password', value => { x => $password } }] } },
    { method => 'POST', path => "/Users/$t->{token}", data => {} }] });

# --- control characters and invalid UTF-8 ---
ask('in userName', POST => '/Users', { schemas => [$USER], userName => $evil });
ask('in an attribute', POST => '/Users', { schemas => [$USER], userName => 'v', active => $evil, $evil => 1 });
ask('in schemas', POST => '/Users', { schemas => [$evil], userName => 'v' });
ask('in a body that is no UTF-8', POST => '/Users', qq({"userName":"\xff\xfe\e[2J"}));
ask('in a body that is no JSON', POST => '/Users', qq({"userName":\e[2J\xff FORGED}));
ask('in op and path', PATCH => "/Users/$id", { schemas => [$PATCH], Operations => [{ op => 'replace', path => $evil, value => 1 }] });
ask('in op', PATCH => "/Users/$id", { schemas => [$PATCH], Operations => [{ op => $evil, path => 'title', value => 1 }] });
ask('in members', POST => '/Groups', { schemas => [$GROUP], displayName => 'g', members => [{ value => $evil }] });
ask("in the URL: $_", GET => $_) for "/$in_url", "/Users/$in_url", "/Users?filter=$in_url", "/Users?filter=userName%20eq%20%22$in_url%22",
    "/Users?filter=$in_url%20eq%201", "/Users?sortBy=$in_url", "/Users?count=$in_url", "/Users?attributes=$in_url", "/Users?$in_url=1",
    "/Schemas/$in_url", "/Users/.search/$in_url";
is($t->request(GET => '/Users', undef, ':base' => "/scim/v2/$in_url")->{status}, 401, 'in the tenant');
ask('in Accept', GET => '/Users', undef, Accept => "text/\xff\xfe");
ask('in Content-Type', POST => '/Users', {}, 'User-Agent' => "\xff\xfe\x{9b}");
for my $header ("Accept: \e[2J", "User-Agent: \e[2J", "Authorization: Bearer \e[2J", "Authorization: \xff\xfe", "X-\e: 1") {
    my $socket = connect_httpd();
    print $socket "GET $t->{base}/Users HTTP/1.1\r\nHost: $t->{host}\r\nConnection: close\r\n$header\r\n\r\n";
    cmp_ok(read_reply($socket)->{status}, '<', 500, 'a header with control characters');
}
{
    my $socket = connect_httpd();
    print $socket "GET $t->{base}/\e[2J HTTP/1.1\r\nHost: $t->{host}\r\nConnection: close\r\n\r\n";
    cmp_ok(read_reply($socket)->{status}, '<', 500, 'a request line with control characters');
}

# scimctl refuses such a name; one that came into the database in another way is escaped, too.
my $named = $t->new_token('named');
sql("update scim.token set name = e'x\\r\\n[Sun] FORGED \\x1b[2J\\u009b' where tenant = '$t->{tenant}' and name = 'named'");
is($t->request(GET => '/Users', undef, Authorization => "Bearer $named")->{status}, 200, "in a token's name");
is($t->request(GET => '/Users/none', undef, Authorization => "Bearer $named")->{status}, 404, "in a token's name, refused");
sql("update scim.token set read_only = true where tenant = '$t->{tenant}' and name like 'x%'");
is_error($t->request(DELETE => "/Users/$id", undef, Authorization => "Bearer $named"), 403, undef, undef, "in the text of an error");

# --- the logs ---
eventually(sub { logged($logs[1]) =~ / 403 .*token=\\?x?/ });
for my $file (@logs) {
    my $text = logged($file);
    my ($name) = $file =~ m{(\w+)$};
    cmp_ok(length $text, '>', 1000, "$name has lines");
    unlike($text, qr/[^\n -~]/, "$name: printable ASCII alone");
    unlike($text, qr/^(?:\W*Sun\W+)?\s*FORGED/m, "$name: no forged line");
    is(scalar(() = $text =~ /\Q$_->[1]\E/g), 0, "$name: no $_->[0]") for ['secret of a token', $secret], ['part of one', substr($secret, 0, 10)],
        ['secret of a mistyped one', substr($wrong, 15)], ['password', $password], ['secret of the other', substr($named, 15)];
}
like(logged($logs[0]), qr/FORGED/, 'the error log tells what was wrong');
like(logged($logs[2]), qr/access_token=\.\.\. /, 'the access log shows that there was something');
my $key = substr $t->{token}, 0, 15;
like(logged($logs[2]), qr{/Users/\Q$key\E\.\.\.}, 'and the key id');
like(logged($logs[0]), qr{/Users/\Q$key\E\.\.\.}, 'so does the error log');
my $postgres = logged("$work/pg.log");
is(scalar(() = $postgres =~ /\Q$_\E/g), 0, "PostgreSQL's log holds none either") for $secret, $password;

done_testing;
