# ModSecurity with Debian's core rule set in front of the endpoint: without exceptions it refuses most requests of
# identity providers; with the two rules of docs/operating.md none. Attacks elsewhere are still refused.
use strict;
use warnings;
use Test::More;
use Apache::TestSCIM qw(sequences);
use ScimFront;
use ScimTest;

my $rules = '/usr/share/modsecurity-crs/rules';
my $work  = $ENV{SCIM_TEST_WORK};
my ($modules) = do { local (@ARGV, $/) = "$work/t/base.conf"; <> } =~ m{^LoadModule dbd_module (.*)/mod_dbd\.so$}m;
plan skip_all => 'missing: libapache2-mod-security2 and modsecurity-crs (sh t/run matrix installs them)' unless -e "$modules/mod_security2.so" && -d $rules;

# The rules from the guide, unchanged.
my $guide = do { local (@ARGV, $/) = "$work/operating.md"; <> };
my ($exclusions) = $guide =~ /^```apache\n(# ModSecurity:.*?)^```/ms;
ok($exclusions, 'the guide has the rules') or BAIL_OUT('no rules');
is(scalar(() = $exclusions =~ /^SecRule /mg), 2, 'two of them');

mkdir "$work/modsecurity";
sub configured {
    my ($before) = @_;
    my $recommended = do { local (@ARGV, $/) = '/etc/modsecurity/modsecurity.conf-recommended'; <> };
    $recommended =~ s/^SecRuleEngine .*/SecRuleEngine On/m;
    $recommended =~ s/^SecAuditEngine .*/SecAuditEngine Off/m;
    $recommended =~ s/^(SecTmpDir|SecDataDir) .*/$1 $work\/modsecurity/mg;
    $recommended =~ s/^SecAuditLog .*//mg;
    $recommended =~ s/^SecUnicodeMapFile .*//mg;
    my $load = do { local (@ARGV, $/) = '/usr/share/modsecurity-crs/owasp-crs.load'; <> };
    my ($setup, $rules) = $load =~ /^(Include \S+crs-setup\.conf\n).*?^(Include \S+\/rules\/\*\.conf\n)/ms or die 'owasp-crs.load';
    return "$recommended\n$setup$before$rules";
}
my $locations = qq{<Location "/scim/v2">\nSetHandler scim\nScimTenant path\nRequire all granted\n</Location>\n}
    . qq{<Location "/scim-admin">\nSetHandler scim-admin\nAuthType Basic\nAuthName "administrators"\nAuthUserFile "$work/administrators"\nRequire valid-user\n</Location>\n}
    . qq{DocumentRoot "$work/t/htdocs"\n<Directory "$work/t/htdocs">\nRequire all granted\n</Directory>\n};
my $server = Apache::TestSCIM::Server->new(suite => $work, dir => $work, bin => $ENV{SCIM_TEST_PGBIN}, scimctl => "$work/bin/scimctl");
{ no warnings 'redefine'; *Apache::TestSCIM::Server::socket = sub { $ENV{PGHOST} } }

my $bare = front(configured('') . $locations, qw(security2 unique_id));
my $with = front(configured($exclusions) . $locations, qw(security2 unique_id));
sub at { my ($front, $path) = @_; return "http://127.0.0.1:$front->{port}$path" }

my $t = ScimTest->new('modsecurity');
my @at = (':port' => $bare->{port});
is($t->request(PATCH => '/Users/x', { schemas => [$PATCH], Operations => [] }, @at)->{status}, 403, 'without the rules PATCH is refused');
is($t->request(POST => '/Users', { schemas => [$USER], userName => 'x' }, @at)->{status}, 403, 'and so is application/scim+json');

for my $name (sequences()) {
    my $scim = Apache::TestSCIM->new(tenant => ScimTest->new('modsecurity')->tenant, server => $server, url => at($with, '/scim/v2'))->wait(5);
    $scim->replay($name, userName => "o'brien\@example.com", familyName => "O'Brien", group => 'Select & Union -- "all" users');
    is_json([map { $_->{displayName} } @{ $scim->state->{groups} }], [], "$name: the group is gone");
    # Legitimate requests that look like attacks
    for my $filter (q{userName eq "o'brien@example.com"}, q{emails[type eq "work" and value co "@example"]}, q{userName sw "a" or not (title pr)},
        q{name.familyName eq "select * from users; drop table x --"}, q{displayName eq "<script>alert(1)</script>"}) {
        my $path = $filter =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ger;
        is($scim->request(GET => "/Users?filter=$path&count=5")->{status}, 200, "$name: $filter");
    }
    my %user = (schemas => [$USER], userName => "$name-x", title => "' or 1=1 --", nickName => '<img src=x onerror=alert(1)>', displayName => '$(cat /etc/passwd)');
    for my $type ('application/scim+json', 'application/json', 'application/scim+json; charset=utf-8', 'application/json; charset=UTF-8') {
        my $res = $scim->request(POST => '/Users', { %user, userName => "$name-" . ++$user{n} }, 'Content-Type' => $type);
        is($res->{status}, 201, "$name: POST of $type") or diag $res->{body};
    }
    is($scim->request(POST => '/.search', { schemas => ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], filter => q{userName eq "x' or 'a'='a"} })->{status}, 200, "$name: .search");
}

# Clients of OAuth, and administrators: their methods, media types and values pass as well.
@at = (':port' => $with->{port});
is($t->request(POST => '/oauth2/token', 'grant_type=client_credentials&client_id=' . substr($t->{token}, 5, 10) . "&client_secret=$t->{token}", @at, Authorization => undef,
    'Content-Type' => 'application/x-www-form-urlencoded')->{status}, 200, 'an access token');
my @admin = (@at, ':base' => '/scim-admin');
is($t->admin(POST => '/roles', { role => 'clerk' }, @admin)->{status}, 201, 'admin API: POST');
is($t->admin(PATCH => '/roles/clerk', { displayName => "select * from users where 'a' = 'a' --" }, @admin)->{status}, 200, 'admin API: PATCH');
is($t->admin(GET => '/users?q=' . q{' or 1=1 -- <script>} =~ s/([^A-Za-z0-9])/sprintf '%%%02X', ord $1/ger, undef, @admin)->{status}, 200, 'admin API: a search');
is($t->admin(DELETE => '/roles/clerk', undef, @admin)->{status}, 204, 'admin API: DELETE');
is($t->admin(POST => '/imports', "userName,displayName\no'neill,\"x; drop table y\"\n", @admin, 'Content-Type' => 'text/csv')->{status}, 200, 'admin API: an import');
is($t->admin(GET => '/users', undef, @admin, Accept => 'text/csv')->{status}, 200, 'admin API: a list as a file');

like($t->request(GET => '/?q=%3Cscript%3Ealert(1)%3C%2Fscript%3E', undef, ':base' => '', ':port' => $with->{port})->{status}, qr/^403$/, 'an attack on the rest of the site is refused');
is($t->request(PUT => '/', 'x', ':base' => '', ':port' => $with->{port})->{status}, 403, 'and so is PUT there');

done_testing;
