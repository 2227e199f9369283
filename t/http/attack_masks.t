# Passwords, and what a tenant masks, appear nowhere that people read: not in activity, the error log, or an access log
# with the whole request line. The test writes values in every malformed way: in paths, queries and bodies, so that they
# get into the server's error texts.
use strict;
use warnings;
use Test::More;
use URI::Escape 'uri_escape_utf8';
use ScimTest;

my $BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
my $SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';
my $t = ScimTest->new('attack-masks');
my $tenant = $t->tenant;
my $work = $ENV{SCIM_TEST_WORK};
my @logs = map {"$work/t/logs/$_"} qw(error_log access_log full_log);
my %start = map { $_ => -s $_ } @logs;
my $secret = "Tr0ub4dor\@$$";
my $asked = 0;

sub logged {
    my ($file) = @_;
    open my $in, '<:raw', $file or die "$file: $!";
    seek $in, $start{$file}, 0;
    local $/;
    return scalar <$in>;
}

# Makes a request that contains the secret, and returns its status.
sub ask {
    my ($name, @ask) = @_;
    my $res = $t->request(@ask);
    cmp_ok($res->{status}, '<', 500, "$name: $res->{status}");
    $asked++;
    return $res;
}

is_json($t->admin(PATCH => '', { activityBodies => true, activityMask => [qw(emails familyName userName roles employeeNumber)] })->{json}{activityBodies}, true, 'bodies are kept, masked');
my $id = $t->make(Users => userName => 'kim');
$asked++;

# --- filters: quoted, not quoted, wrongly quoted, cut off; encoded twice ---
my @values = ("\"$secret\"", $secret, "'$secret'", "\"$secret", "\"a\\\"$secret\"", "$secret\"", "($secret)", "x $secret");
my @about = ('emails eq', 'EMAILS.value co', 'emails', 'name.familyName=', 'emails[value eq', 'userName is', 'title eq "x" or userName eq', 'password eq', 'urn:x:emails eq');
for my $about (@about) {
    my $value = $values[rand @values];
    ask("$about $_", GET => '/Users?filter=' . uri_escape_utf8("$about $_")) for @values;
    ask("$about $value, encoded twice", GET => '/Users?filter=' . uri_escape_utf8(uri_escape_utf8("$about $value")));
    (my $plus = uri_escape_utf8("$about $value")) =~ s/%20/+/g;
    ask("$about $value, with +", GET => "/Users?FILTER=$plus&count=1");
    ask("$about $value, in a search", POST => '/.search', { schemas => [$SEARCH], filter => "$about $value" });
    ask("$about $value, as a path", PATCH => "/Users/$id", { schemas => [$PATCH], Operations => [{ op => 'replace', path => "$about $value", value => $secret }] });
    ask("$about $value, as a name", PATCH => "/Users/$id", { schemas => [$PATCH], Operations => [{ op => 'add', value => { "$about $value" => $secret } }] });
}

# --- other parameters, separators, fragments, paths ---
my $value = uri_escape_utf8($secret);
ask($_, GET => $_) for map {"/Users?$_"} "emails=$value", "userName=$value", "password=$value", "Password=$value&count=1", "api_key=$value", "token=$value",
    "startIndex=$value", "count=$value", "sortBy=$value", "sortOrder=$value", "attributes=$value", "excludedAttributes=a,$value", "cursor=$value",
    "count=1;filter=emails+eq+$value", "filter=title+pr;emails=$value", "count=1&count=$value", $value, "$value=1", "a&&$value&b", "filter=$value%", "filter=%00$value";
ask("/Users/$_", GET => "/Users/$_") for $value, "emails%20eq%20%22$value%22", ".search%3Ffilter=$value", "a;emails=$value", "%2565mails=$value", "x%3F$value", "x%23$value";
ask($_, GET => $_) for "/$value", "/Users;userName=$value", "//Users//$value//", "/Groups/$value?attributes=$value", "/Roles/$value";
ask("$_ with a query", $_ => "/Users/$id?emails=$value&filter=emails+eq+%22$value%22", { schemas => [$USER], userName => 'kim' }) for qw(PUT);
ask('POST with a query', POST => "/Users?userName=$value", { schemas => [$USER], userName => 'lee' });
ask('DELETE with a query', DELETE => "/Users/$id?userName=$value");
$id = $t->make(Users => userName => 'kim');
$asked++;
for my $line ("GET $t->{base}/Users#emails=$value HTTP/1.1", "GET $t->{base}/Users?filter=title%20pr#$value HTTP/1.1", "GET http://$t->{host}$t->{base}/Users?emails=$value HTTP/1.1",
    "GET /%73cim/v2/$tenant/Users?emails=$value HTTP/1.1", "GET $t->{base}/Users?emails=$value&x=" . 'y' x 9000 . ' HTTP/1.1') {
    my $socket = connect_httpd();
    print $socket "$line\r\nHost: $t->{host}\r\nConnection: close\r\nAuthorization: Bearer $t->{token}\r\n\r\n";
    my $reply = read_reply($socket);
    cmp_ok($reply->{status}, '<', 500, 'a raw request line: ' . substr($line, 0, 60));
}

# --- bodies, and the error texts about them ---
ask("a role", POST => '/Users', { schemas => [$USER], userName => 'a1', roles => [{ value => $secret }] });
ask("a name that is taken", POST => '/Users', { schemas => [$USER], userName => $secret, displayName => 'x' }) for 1, 2;
ask('a number too many', POST => '/Users', { schemas => [$USER], userName => 'a2', emails => { $secret => $secret } });
ask('emails of a wrong type', POST => '/Users', { schemas => [$USER], userName => 'a3', emails => $_ }) for $secret, [$secret], [{ value => [$secret] }], [{ value => $secret, primary => $secret }];
ask('JSON in a string', PATCH => "/Users/$id", { schemas => [$PATCH], Operations => [{ op => 'replace', value => $_ }] })
    for qq({"emails":[{"value":"$secret"}]}), qq([{"password":"$secret"}]), qq({"pass\\u0077ord":"$secret"}), qq({"emails":"$secret"), qq({emails:$secret});
ask("a password: $_->{path}", PATCH => "/Users/$id", { schemas => [$PATCH], Operations => [{ op => 'replace', value => $secret, %$_ }] })
    for map { { path => $_ } } "password.$secret", "password=$secret", "password $secret", "password[value eq '$secret']", "PASSWORD:$secret", "%70assword=$secret", "urn:x:password $secret", (' ' x 90) . "$secret password";
ask('no JSON', POST => '/Users', qq({"password":"$secret", "emails":[{"value":"$secret"));
ask('no UTF-8', POST => '/Users', qq({"password":"$secret\xff"}));
ask('a search', POST => '/Users/.search', { schemas => [$SEARCH], filter => "emails eq '$secret'", emails => $secret, cursor => $secret });
ask('Bulk', POST => '/Bulk', { schemas => [$BULK], Operations => [
    { method => 'GET', path => "/Users?filter=emails eq \"$secret\"" }, { method => 'DELETE', path => "/Users/$secret" },
    { method => 'POST', path => "/Users?userName=$secret", bulkId => 'a', data => { schemas => [$USER], userName => $secret, emails => $secret } },
    { method => 'PATCH', path => "https://x.example/Users/$secret", data => {} },
    { method => 'PATCH', path => "/Users/$id", data => { schemas => [$PATCH], Operations => [{ op => 'add', path => "emails[value eq '$secret'].type", value => $secret }] } }] });
ask('a member', POST => '/Groups', { schemas => [$GROUP], displayName => 'g', members => [{ value => $id }] });

# --- a stranger with an old token: the tenant's mask is unknown ---
my $old = $t->new_token('old');
scimctl(qw(token revoke old --tenant), $tenant);
ask('an old token', GET => $_, undef, Authorization => "Bearer $old") for "/Users?filter=emails+eq+%22$value%22", "/Users/$value?x=$value", "/Users?filter=title+eq+%22$value%22";

# --- a tenant that masks nothing: only passwords and unknown parameters are masked ---
my $open = ScimTest->new('attack-masks-open')->unmasked;
is($open->admin(PATCH => '', { activityBodies => true })->{status}, 200, 'another tenant keeps bodies');
my $lee = $open->make(Users => userName => 'lee');
my $filter = uri_escape_utf8('emails eq "lee@x.example"');
is($open->request(@$_[1 .. $#$_])->{status}, $_->[0], "open: $_->[2]") for [200, GET => "/Users?filter=$filter&count=1"],
    [400, GET => "/Users?filter=password+eq+'$value'"], [200, GET => "/Users?key=$value"],
    [400, PATCH => "/Users/$lee", { schemas => [$PATCH], Operations => [{ op => 'replace', path => "password=$secret", value => $secret }] }];
my $told;
eventually(sub { ($told = sql("select string_agg(path, ' ' order by at, id) from scim.activity where tenant = '$open->{tenant}'")) =~ tr/ // >= 4 });
is($told, "/Users /Users?filter=$filter&count=1 /Users?filter=password+eq+'***' /Users?key=*** /Users/$lee", 'what it is shown');

# --- the secret is nowhere ---
eventually(sub { sql("select count(*) from scim.activity where tenant = '$tenant'") >= $asked });
cmp_ok(sql("select count(*) from scim.activity where tenant = '$tenant'"), '>=', $asked, 'all of it is activity');
for my $file (@logs) {
    my $text = logged($file);
    my ($name) = $file =~ m{(\w+)$};
    cmp_ok(length $text, '>', 10_000, "$name has lines");
    my @lines = grep /Tr0ub4dor|%54r0ub/, split /\n/, $text;
    is(scalar @lines, 0, "$name does not show it");
    diag(substr $_, 0, 400) for @lines[0 .. ($#lines > 9 ? 9 : $#lines)];
}
for my $column (qw(path reason body object changes)) {
    my @rows = split /\n/, sql("select coalesce(path, '') || ' ' || $column from scim.activity where tenant in ('$tenant', '$open->{tenant}') and $column\::text like '%Tr0ub4dor%'");
    is(scalar @rows, 0, "no $column of activity");
    diag(substr $_, 0, 400) for @rows[0 .. ($#rows > 9 ? 9 : $#rows)];
}
is(sql("select count(*) from scim.hold where path like '%Tr0ub4dor%'"), 0, 'no hold');
like(logged($logs[2]), qr/filter=\*\*\*/, 'the access log shows that there was a filter');
like(logged($logs[2]), qr/filter=emails%20eq%20%22\*\*\*%22/, 'and of one that could be read what it compares');

done_testing;
