# The examples of docs/authorization.md, unchanged (for SAML see authz_mellon.t), in front of an application that
# records what it receives.
use strict;
use warnings;
use MIME::Base64 qw(encode_base64 encode_base64url);
use Test::More;
use ScimAuthz;
use ScimFront;
use ScimTest;

my $t = ScimTest->new('example');
eval { scimctl(qw(tenant add acme)) };
@$t{qw(tenant base)} = ('acme', '/scim/v2/acme');
$t->{token} = $t->new_token("example-$$-" . time);
my %id = map { my $name = "$_-$$"; $_ => $t->make(Users => userName => $name) } qw(kim lee);
my ($kim, $lee) = map {"$_-$$"} qw(kim lee);
$t->patch("/Users/$id{kim}", [{ op => 'replace', path => 'roles', value => [{ value => 'office-admin' }] }]);
$t->admin(POST => '/subscriptions', { name => 'Web - French' });
$t->admin(POST => '/grants', { user => $kim, subscription => 'Web - French' });
$t->make(Groups => displayName => "Staff", members => [{ value => $id{kim} }]) if !$t->request(GET => '/Groups?filter=displayName%20eq%20%22Staff%22')->{json}{totalResults};
$t->patch('/Groups/' . $t->request(GET => '/Groups?filter=displayName%20eq%20%22Staff%22')->{json}{Resources}[0]{id},
    [{ op => 'add', path => 'members', value => [{ value => $id{kim} }] }]);
my $app = application();

# The application's answer, and the facts that it received.
sub told {
    my $text = arrived($app);
    truncate $app->{log}, 0;
    return { $text =~ /^(X-Scim-\w+): ([^\r\n]*)\r?$/mg };
}
sub is_told {
    my ($role, $name) = @_;
    my $told = told();
    is($told->{'X-Scim-Account'}, $kim, "$name: the application is told who it is");
    is($told->{'X-Scim-Id'}, $id{kim}, "$name: and the id");
    is($told->{'X-Scim-Role'}, $role, "$name: and the role");
}
my $define = qq{Define APPLICATION http://127.0.0.1:$app->{port}/\n};

# --- Basic ------------------------------------------------------------------------------------------------------------------

my $people = passwords($kim, $lee);
my $front = front(qq{${define}Define PEOPLE "$people"\n} . example('Basic'), qw(proxy proxy_http));
my @at = (':port' => $front->{port}, ':base' => '/app');
sub basic { return (Authorization => 'Basic ' . encode_base64("$_[0]:secret", '')) }
is($t->request(GET => '/page', undef, @at, Authorization => undef)->{status}, 401, 'Basic: nobody');
is($t->request(GET => '/page', undef, @at, basic($lee))->{status}, 403, 'Basic: without the subscription');
is(received($app), '', 'Basic: the application has seen nothing of it');
my $res = $t->request(GET => '/page', undef, @at, basic($kim), 'X-Scim-Role' => 'administrator');
is("$res->{status} $res->{body}", '200 application', 'Basic: with the subscription');
is_told('office-admin', 'Basic');
stop_front($front);

# --- certificates ---------------------------------------------------------------------------------------------------------------

my $dir = "$ScimFront::home/keys";
mkdir $dir;
openssl(qw(req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout), "$dir/ca.key", '-out', "$dir/ca.pem");
for my $name ('server', $kim, $lee) {
    openssl(qw(req -newkey rsa:2048 -nodes -subj), "/CN=" . ($name eq 'server' ? 'app.example.org' : $name), '-keyout', "$dir/$name.key", '-out', "$dir/$name.csr");
    openssl(qw(x509 -req -days 2 -CAcreateserial -CA), "$dir/ca.pem", '-CAkey', "$dir/ca.key", '-in', "$dir/$name.csr", '-out', "$dir/$name.pem");
}
$front = front(qq{${define}Define PORT \@port\@\nDefine CERTIFICATE "$dir/server.pem"\nDefine KEY "$dir/server.key"\nDefine AUTHORITY "$dir/ca.pem"\n}
    . example('Client certificates'), qw(proxy proxy_http ssl));
sub by_certificate {
    my (@who) = @_;
    my ($out) = run_ok('curl', '-s', '-k', '-o', '/dev/null', '-w', '%{http_code}', (map { ('--cert', "$dir/$_.pem", '--key', "$dir/$_.key") } @who),
        "https://127.0.0.1:$front->{port}/app/page");
    return $out;
}
is(by_certificate($kim), 200, 'certificates: with the role');
is_told('office-admin', 'certificates');
is(by_certificate($lee), 403, 'certificates: without it');
isnt(by_certificate(), 200, 'certificates: without one');
is($t->patch("/Users/$id{kim}", [{ op => 'replace', path => 'active', value => false }])->{status}, 200, 'kim is deactivated');
is(by_certificate($kim), 403, 'certificates: refused on the next request, though the certificate is good for a day');
$t->patch("/Users/$id{kim}", [{ op => 'replace', path => 'active', value => true }]);
is(by_certificate($kim), 200, 'certificates: and let in on the next one');
told();
stop_front($front);

# --- OpenID Connect ----------------------------------------------------------------------------------------------------------------

my $base = do { local (@ARGV, $/) = "$ENV{SCIM_TEST_WORK}/t/base.conf"; <> };
my ($modules) = $base =~ m{^LoadModule dbd_module (.*)/mod_dbd\.so$}m;
SKIP: {
    skip 'missing: libapache2-mod-auth-openidc', 10 unless -e "$modules/mod_auth_openidc.so";
    openssl(qw(req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=provider -keyout), "$dir/op.key", '-out', "$dir/op.pem");
    my $sign = sub {
        my (%claims) = @_;
        my $text = join '.', map { encode_base64url(json($_)) } { alg => 'RS256', typ => 'JWT' },
            { iss => 'https://op.example', exp => time + 600, iat => time, %claims };
        open my $out, '>', "$dir/jwt" or die;
        print $out $text;
        close $out;
        my $key = delete $claims{key} // 'op';
        openssl(qw(dgst -sha256 -sign), "$dir/$key.key", '-out', "$dir/jwt.sig", "$dir/jwt");
        my $signature = do { local (@ARGV, $/) = "$dir/jwt.sig"; <> };
        return "$text." . encode_base64url($signature);
    };
    scimctl(qw(tenant set acme --link-policy first-login));
    $front = front(qq{${define}Define PROVIDER_CERTIFICATE "$dir/op.pem"\n} . example('OpenID Connect'), qw(proxy proxy_http auth_openidc));
    @at = (':port' => $front->{port}, ':base' => '/app');
    my $ask = sub { $t->request(GET => '/page', undef, @at, Authorization => @_ ? "Bearer $_[0]" : undef)->{status} };
    is($ask->(), 401, 'OpenID Connect: nobody');
    is($ask->($sign->(sub => "s-$kim", preferred_username => $kim)), 200, 'OpenID Connect: with the group');
    is_told('office-admin', 'OpenID Connect');
    is(sql("select count(*) from scim.link where tenant = 'acme' and user_id = '$id{kim}' and subject = 's-$kim'"), 1, 'OpenID Connect: the identity is linked');
    is($ask->($sign->(sub => "s-$kim", preferred_username => 'another-name')), 200, 'OpenID Connect: and outlives the name');
    is($ask->($sign->(sub => "s-$lee", preferred_username => $lee)), 403, 'OpenID Connect: without the group');
    is($ask->($sign->(sub => "s-other", preferred_username => $kim)), 403, 'OpenID Connect: the name with another identity');
    openssl('genrsa', '-out', "$dir/wrong.key", 2048);
    is($ask->($sign->(sub => "s-$kim", preferred_username => $kim, key => 'wrong')), 401, 'OpenID Connect: signed by somebody else');
    scimctl(qw(tenant set acme --link-policy manual));
}
done_testing;
