# The SAML example of docs/authorization.md, unchanged: the test plays the identity provider, mod_auth_mellon logs
# people in, and mod_scim decides about each request of their sessions.
use strict;
use warnings;
use Digest::SHA 'sha256_base64';
use IO::Uncompress::RawInflate 'rawinflate';
use MIME::Base64 qw(decode_base64 encode_base64);
use POSIX 'strftime';
use Test::More;
use URI;
use ScimAuthz;
use ScimFront;
use ScimTest;

my ($modules) = do { local (@ARGV, $/) = "$ENV{SCIM_TEST_WORK}/t/base.conf"; <> } =~ m{^LoadModule dbd_module (.*)/mod_dbd\.so$}m;
plan skip_all => 'missing: libapache2-mod-auth-mellon' unless -e "$modules/mod_auth_mellon.so";

my $IDP = 'https://idp.example/metadata';
my $t = ScimTest->new('mellon');
eval { scimctl(qw(tenant add acme)) };
@$t{qw(tenant base)} = ('acme', '/scim/v2/acme');
$t->{token} = $t->new_token("mellon-$$-" . time);
my %id = map { $_ => $t->make(Users => userName => "$_-$$\@mail.example") } qw(kim lee pat);
$t->patch("/Users/$id{pat}", [{ op => 'replace', path => 'roles', value => [{ value => 'office-admin' }] }]);
eval { $t->admin(POST => '/subscriptions', { name => 'Web - French' }) };
$t->admin(POST => '/grants', { user => "kim-$$\@mail.example", subscription => 'Web - French' });
scimctl(qw(tenant set acme --link-policy first-login));

# --- the service and the identity provider ------------------------------------------------------------------------------

my $dir = "$ScimFront::home/saml";
mkdir $dir;
sub file { my ($name, $text) = @_; open my $out, '>', "$dir/$name" or die "$dir/$name: $!"; print $out $text; close $out; return "$dir/$name" }
sub slurp { local (@ARGV, $/) = "$dir/$_[0]"; return scalar <> }
openssl(qw(req -x509 -newkey rsa:2048 -nodes -days 2 -subj), "/CN=$_", '-keyout', "$dir/$_.key", '-out', "$dir/$_.pem") for qw(idp sp stranger);
my ($certificate) = slurp('idp.pem') =~ /-----BEGIN CERTIFICATE-----\n(.*?)-----END/s;
file('idp.xml', <<"XML");
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="$IDP">
<IDPSSODescriptor protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
<KeyDescriptor use="signing"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>
$certificate</X509Certificate></X509Data></KeyInfo></KeyDescriptor>
<SingleSignOnService Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect" Location="https://idp.example/sso"/>
</IDPSSODescriptor>
</EntityDescriptor>
XML
my $app = application();
my $front = front(qq{Define APPLICATION http://127.0.0.1:$app->{port}/
Define PROVIDER_METADATA "$dir/idp.xml"
Define KEY "$dir/sp.key"
Define CERTIFICATE "$dir/sp.pem"
MellonLockFile "$dir/lock"
<Location "/">
    Require all granted
</Location>
} . example('SAML') . <<'CONF', qw(proxy proxy_http auth_mellon));
<Location "/app/office">
    Require scim-role administrator office-admin
</Location>
CONF

# A client with a cookie.
sub ask {
    my ($cookie, $method, $url, $form) = @_;
    my $request = HTTP::Request->new($method, $url =~ m{^http:} ? $url : "http://127.0.0.1:$front->{port}$url");
    $request->header(Cookie => "mellon-cookie=$cookie") if $cookie;
    if ($form) {
        my $body = URI->new('http:');
        $body->query_form(%$form);
        $request->header('Content-Type' => 'application/x-www-form-urlencoded');
        $request->content($body->query);
    }
    return $t->{agent}->simple_request($request);
}
sub cookie { my ($value) = map { /^mellon-cookie=([^;]+)/ ? $1 : () } $_[0]->header('Set-Cookie'); return $value }

# Follows the redirection of somebody who is not logged in. Returns the request that arrives at the identity provider,
# and the cookie.
sub sent {
    my $res = ask(undef, GET => '/app/page');
    $res = ask(cookie($res), GET => $res->header('Location')) if ($res->header('Location') // '') =~ m{/mellon/login\?};
    my %query = URI->new($res->header('Location') // die "no redirection: " . $res->as_string)->query_form;
    rawinflate(\decode_base64($query{SAMLRequest}), \my $xml) or die 'SAMLRequest';
    my ($request) = $xml =~ /\bID="([^"]+)"/;
    my ($consumer) = $xml =~ /\bAssertionConsumerServiceURL="([^"]+)"/;
    my ($audience) = $xml =~ m{<saml:Issuer>([^<]+)<};
    return { status => $res->code, to => $res->header('Location'), state => $query{RelayState}, cookie => cookie($res), request => $request,
        consumer => $consumer // "http://127.0.0.1:$front->{port}/mellon/postResponse", audience => $audience };
}

# The identity provider's response. Its texts are canonical XML (exclusive), so that they can be signed unchanged.
sub response {
    my ($sent, $subject, $mail, $key) = @_;
    my ($now, $soon) = map { strftime '%Y-%m-%dT%H:%M:%SZ', gmtime time + $_ } 0, 300;
    my $assertion = '_' . unpack 'H*', join '', map { chr rand 256 } 1 .. 16;
    my $head = qq(<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="$assertion" IssueInstant="$now" Version="2.0"><saml:Issuer>$IDP</saml:Issuer>);
    my $rest = qq(<saml:Subject><saml:NameID Format="urn:oasis:names:tc:SAML:2.0:nameid-format:persistent">$subject</saml:NameID>)
        . qq(<saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData InResponseTo="$sent->{request}" NotOnOrAfter="$soon" Recipient="$sent->{consumer}"></saml:SubjectConfirmationData></saml:SubjectConfirmation></saml:Subject>)
        . qq(<saml:Conditions NotBefore="$now" NotOnOrAfter="$soon"><saml:AudienceRestriction><saml:Audience>$sent->{audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions>)
        . qq(<saml:AuthnStatement AuthnInstant="$now" SessionIndex="$assertion"><saml:AuthnContext><saml:AuthnContextClassRef>urn:oasis:names:tc:SAML:2.0:ac:classes:Password</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>)
        . qq(<saml:AttributeStatement><saml:Attribute Name="mail"><saml:AttributeValue>$mail</saml:AttributeValue></saml:Attribute></saml:AttributeStatement></saml:Assertion>);
    my $digest = sha256_base64("$head$rest") . '=';
    my $exclusive = 'http://www.w3.org/2001/10/xml-exc-c14n#';
    my $signed = qq(<ds:CanonicalizationMethod Algorithm="$exclusive"></ds:CanonicalizationMethod><ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"></ds:SignatureMethod>)
        . qq(<ds:Reference URI="#$assertion"><ds:Transforms><ds:Transform Algorithm="http://www.w3.org/2000/09/xmldsig#enveloped-signature"></ds:Transform><ds:Transform Algorithm="$exclusive"></ds:Transform></ds:Transforms>)
        . qq(<ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha256"></ds:DigestMethod><ds:DigestValue>$digest</ds:DigestValue></ds:Reference></ds:SignedInfo>);
    file('signed', qq(<ds:SignedInfo xmlns:ds="http://www.w3.org/2000/09/xmldsig#">$signed));
    openssl(qw(dgst -sha256 -sign), "$dir/$key.key", '-out', "$dir/signature", "$dir/signed");
    my $signature = encode_base64(slurp('signature'), '');
    return qq(<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_r$assertion" Version="2.0" IssueInstant="$now" Destination="$sent->{consumer}" InResponseTo="$sent->{request}">)
        . qq(<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">$IDP</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"></samlp:StatusCode></samlp:Status>)
        . qq($head<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo>$signed<ds:SignatureValue>$signature</ds:SignatureValue></ds:Signature>$rest</samlp:Response>);
}

# The answer to the identity provider's response: a redirection with the session's cookie.
sub arrives {
    my ($sent, $xml) = @_;
    return ask($sent->{cookie}, POST => $sent->{consumer}, { SAMLResponse => encode_base64($xml, ''), RelayState => $sent->{state} });
}

# Logs somebody in, and returns the session's cookie.
sub login {
    my ($subject, $mail) = @_;
    my $sent = sent();
    my $res = arrives($sent, response($sent, $subject, $mail, 'idp'));
    like($res->code, qr/^30[23]$/, "$mail is logged in") or diag $res->as_string;
    return cookie($res) // die 'no session';
}
sub page { my ($cookie, $place) = @_; return ask($cookie, GET => $place // '/app/page')->code }
sub told {
    my $text = arrived($app);
    truncate $app->{log}, 0;
    return $text =~ /^X-Scim-Account: ([^\r\n]*)\r?$/m ? $1 : '';
}

# --- sessions -----------------------------------------------------------------------------------------------------------

my $sent = sent();
like($sent->{to}, qr{^https://idp\.example/sso\?}, 'who has no session is sent to the identity provider');
like($sent->{status}, qr/^30[23]$/, 'by a redirection');
is(received($app), '', 'and the application sees nothing of it');
my $kim = login("s-kim-$$", "kim-$$\@mail.example");
is(page($kim), 200, 'with the subscription');
is(told(), "kim-$$\@mail.example", 'the application is told who it is');
is(page($kim, '/app/office'), 403, 'without the role');
is(sql("select user_id from scim.link where tenant = 'acme' and issuer = '$IDP' and subject = 's-kim-$$'"), $id{kim}, 'the identity is linked');
my $pat = login("s-pat-$$", "pat-$$\@mail.example");
is(page($pat), 403, 'without the subscription');
is(page($pat, '/app/office'), 200, 'with the role');
told();
is(page(login("s-nobody-$$", "nobody-$$\@mail.example")), 403, 'a person who has not been provisioned');
is(page(login("s-kim-$$", "kim.new-$$\@mail.example")), 200, 'the identity outlives the name');
told();
is(page(login("s-other-$$", "kim-$$\@mail.example")), 403, 'the name with another identity');

is($t->patch("/Users/$id{kim}", [{ op => 'replace', path => 'active', value => false }])->{status}, 200, 'kim is deactivated');
is(page($kim), 403, 'and refused with the next click, though the session is good');
is(received($app), '', 'of which the application sees nothing');
is($t->patch("/Users/$id{kim}", [{ op => 'replace', path => 'active', value => true }])->{status}, 200, 'kim is activated');
is(page($kim), 200, 'and goes on in the same session');
told();
is($t->request(DELETE => "/Users/$id{kim}")->{status}, 204, 'kim is deleted');
is(page($kim), 403, 'and refused');

# --- responses that mod_auth_mellon refuses ----------------------------------------------------------------------------------

$sent = sent();
my $mail = "lee-$$\@mail.example";
my $res = arrives($sent, response($sent, "s-lee-$$", $mail, 'stranger'));
is_deeply([$res->code >= 400, page($sent->{cookie})], [1, page(undef)], 'signed by somebody else: no session');
$res = arrives($sent, response($sent, "s-lee-$$", $mail, 'idp') =~ s/lee-/pat-/gr);
is_deeply([$res->code >= 400, page($sent->{cookie})], [1, page(undef)], 'changed on the way: no session');
is(received($app), '', 'the application has seen nothing of it');
scimctl(qw(tenant set acme --link-policy manual));
done_testing;
