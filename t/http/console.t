# The console: how httpd serves its files, and nothing else. t/console tests the page in a browser.
use strict;
use warnings;
use utf8;
use Test::More;
use ScimTest;
use Compress::Zlib ();

my $t    = ScimTest->new('console');
my $work = $ENV{SCIM_TEST_WORK};
my $html = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
my $csp  = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    . "frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
my $login = 'Basic ' . MIME::Base64::encode_base64(administrator('admin') . ':secret', '');

sub get {
    my ($path, %headers) = @_;
    my $method = delete $headers{':method'} // 'GET';
    return $t->request($method, $path, undef, ':base' => '/admin', Authorization => $login, Accept => $html, %headers);
}
sub file {
    my ($name) = @_;
    open my $in, '<:raw', "$work/console/$name" or die "$name: $!";
    local $/;
    return scalar <$in>;
}
my @header = qw(Content-Security-Policy X-Content-Type-Options Referrer-Policy Cache-Control Content-Type Vary Set-Cookie);
sub headers_are {
    my ($res, $type, $vary, $name) = @_;
    is_deeply({ map { $_ => scalar $res->{headers}->header($_) } @header }, {
        'Content-Security-Policy' => $csp, 'X-Content-Type-Options' => 'nosniff', 'Referrer-Policy' => 'no-referrer',
        'Cache-Control' => 'no-cache', 'Content-Type' => $type, Vary => $vary, 'Set-Cookie' => undef }, "$name: headers");
}

# --- the page --------------------------------------------------------------------------------------------------------------

my $res = get('/');
is($res->{status}, 200, 'the page');
is($res->{body}, file('index.html'), 'is the file');
headers_are($res, 'text/html; charset=utf-8', 'Accept', 'the page');
my $etag = $res->{headers}->header('ETag');
like($etag, qr/^"[^"]+"$/, 'has an ETag');
is(get('/', Accept => 'TEXT/HTML')->{status}, 200, 'the media type is of any case');

$res = get('');
is($res->{status}, 302, 'the Location without its slash');
is($res->{headers}->header('Location'), '/admin/', 'leads to the one with it');
for (undef, 'application/json', '*/*') {
    my $name = defined $_ ? "Accept: $_" : 'no Accept';
    is_problem(get('/', Accept => $_), 404, qr/^There is nothing at "\/admin\/"/, undef, "$name: the page is for browsers");
    is_problem(get('', Accept => $_), 404, $ANY, undef, "$name: so is what leads to it");
}
is_problem(get('/', ':method' => $_, 'Content-Type' => 'application/json'), 404, $ANY, undef, "$_ of the page") for qw(POST PUT DELETE);
is(get('/tenants?limit=1')->{type}, 'application/json', 'what a browser asks of the API is JSON');

# --- the files -----------------------------------------------------------------------------------------------------------------

my %type = (js => 'text/javascript; charset=utf-8', css => 'text/css; charset=utf-8', json => 'application/json', svg => 'image/svg+xml',
    html => 'text/html; charset=utf-8');
chdir "$work/console" or die;
my @files = grep { -f && /\.(js|css|json|svg|html)$/ } glob '* */*';
chdir '/';
cmp_ok(scalar @files, '>', 3, 'there are files');
for my $file (@files) {
    $res = get("/console/$file");
    is($res->{status}, 200, $file);
    is($res->{body}, file($file), "$file: its bytes");
    headers_are($res, $type{ ($file =~ /(\w+)$/)[0] }, undef, $file);
}

$res = get('/console/look.css', Accept => undef);
is($res->{status}, 200, 'a file whatever is accepted');
$etag = $res->{headers}->header('ETag');
my $length = $res->{headers}->header('Content-Length');
is($length, length file('look.css'), 'its length');

$res = get('/console/look.css', ':method' => 'HEAD');
is($res->{status}, 200, 'HEAD');
is($res->{body}, '', 'HEAD: no body');
is($res->{headers}->header('Content-Length'), $length, 'HEAD: the length');
is($res->{headers}->header('ETag'), $etag, 'HEAD: the ETag');
headers_are($res, $type{css}, undef, 'HEAD');

$res = get('/console/look.css', 'If-None-Match' => $etag);
is($res->{status}, 304, 'If-None-Match');
is($res->{body}, '', '304: no body');
is($res->{headers}->header('ETag'), $etag, '304: the ETag');
is($res->{headers}->header('Cache-Control'), 'no-cache', '304: Cache-Control');
is(get('/console/look.css', 'If-None-Match' => '"other"')->{status}, 200, 'another ETag');
is(get('/', ':method' => 'HEAD')->{status}, 200, 'HEAD of the page');
is(get('/', 'If-None-Match' => get('/')->{headers}->header('ETag'))->{status}, 304, 'If-None-Match of the page');
is(get('/console/look.css', Range => 'bytes=0-9')->{body}, substr(file('look.css'), 0, 10), 'a range');

$res = get('/console/look.css', ':base' => '/console-gzip', 'Accept-Encoding' => 'gzip');
is($res->{status}, 200, 'gzip');
is($res->{headers}->header('Content-Encoding'), 'gzip', 'gzip: encoding');
is(Compress::Zlib::memGunzip($res->{body}), file('look.css'), 'gzip: the same bytes');
like($res->{headers}->header('Vary'), qr/Accept-Encoding/, 'gzip: Vary');
is($res->{headers}->header('Content-Security-Policy'), $csp, 'gzip: the policy');
is(get('/console/look.css', ':base' => '/console-gzip')->{headers}->header('Content-Encoding'), undef, 'not where it is not accepted');

# --- other paths ----------------------------------------------------------------------------------------------------------------

mkdir "$work/console/folder.js" or die;
for my $bad ('', '/', '/nothing.js', '/README.md', '/../admin.c', '/..%2f..%2fadministrators', '/%2e%2e/%2e%2e/administrators', '/screens',
    '/screens/', '/folder.js', '/folder.js/', '/.htaccess', '/screens/../look.css/', '/look.css/', '/look.css/x',
    '/look.css%00.js', '/Look.css', '/look.css%20', '/look', '/index.htm', '/look.css~', '/\\..\\look.css', '/a' x 400 . '.js') {
    $res = get("/console$bad");
    like($res->{status}, qr/^40[034]$/, "console$bad: refused");
    unlike($res->{body}, qr/secret|SHA|--paper/, "console$bad: nothing is shown");
}
is(get('/console/screens/../look.css')->{status}, 200, 'httpd has taken dots out before');
for my $method (qw(POST PUT PATCH DELETE OPTIONS)) {
    $res = get('/console/look.css', ':method' => $method);
    is_problem($res, 405, "$method is not possible here; possible are: GET.", undef, $method);
    is($res->{headers}->header('Allow'), 'GET', "$method: Allow");
}

# --- permissions ------------------------------------------------------------------------------------------------------------------

is(get('/', Authorization => undef)->{status}, 401, 'httpd asks for a login before the page');
is(get('/console/look.css', Authorization => undef)->{status}, 401, 'and before a file');
is_problem(get($_, ':base' => '/unprotected', Authorization => undef), 403, 'Nobody is logged in. Protect this Location by AuthType and Require.',
    undef, "nobody is logged in: $_") for '/', '/console/look.css';
$res = get('/', ':base' => '/own', Authorization => 'Basic ' . MIME::Base64::encode_base64(administrator($t->tenant) . ':secret', ''));
is($res->{status}, 200, 'the page of one tenant');

# --- off, and missing ------------------------------------------------------------------------------------------------------------

is_problem(get($_, ':base' => '/console-off'), 404, qr/^There is nothing at /, undef, "off: $_") for '', '/', '/console/look.css';
is(get('/tenants?limit=1', ':base' => '/console-off')->{status}, 200, 'off: the API is there');

rename "$work/console/index.html", "$work/console/index.kept" or die;
is_problem(get('/'), 503, 'The console\'s files are not installed on this server; its error log says where they should be.', undef, 'no page');
ok(eventually(sub { log_lines('error_log', qr{console/index\.html: no such file; see ScimConsoleDir}) }), 'the error log says where');
is(get('/tenants?limit=1')->{status}, 200, 'the API is there all the same');
rename "$work/console/index.kept", "$work/console/index.html" or die;
is(get('/')->{status}, 200, 'and back');

done_testing;
