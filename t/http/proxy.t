# An application on the same host, behind mod_proxy, mod_rewrite or FastCGI: it gets its own paths, and never a request
# of the endpoint or of the admin API, whose headers have the bearer token and an administrator's password.
use strict;
use warnings;
use Test::More;
use ScimFront;
use ScimTest;

my $t = ScimTest->new('proxy');
my $tenant = $t->tenant;
my $app = application();
my $php = fcgi_application();
my $to = "http://127.0.0.1:$app->{port}";
my $fcgi = "fcgi://127.0.0.1:$php->{port}";
my $work = $ENV{SCIM_TEST_WORK};
my $files = "$ScimFront::home/files";
mkdir $files;
for (['index.html', 'front'], ['index.php', 'php'], ['hello', 'hello']) {
    open my $out, '>', "$files/$_->[0]" or die "$files: $!";
    print $out $_->[1];
    close $out;
}

my $endpoint = qq{<Location "/scim/v2">\nSetHandler scim\nScimTenant path\nRequire all granted\n</Location>\n};
my $admin = qq{<Location "/scim-admin">\nSetHandler scim-admin\nAuthType Basic\nAuthName "administrators"\n}
    . qq{AuthUserFile "$work/administrators"\nRequire valid-user\n</Location>\n};

my $PAGES = 'pages of errors';

# The configuration besides the endpoint, and who then answers the application's path /hello.
my @beside = (
    ['ProxyPass', qq{ProxyPass "/" "$to/"}, 'application'],
    ['ProxyPass in a Location', qq{<Location "/">\nProxyPass "$to/"\n</Location>}, 'application'],
    ['ProxyPassMatch', qq{ProxyPassMatch "^/(.*)\$" "$to/\$1"}, 'application'],
    ['ProxyPassMatch in a LocationMatch', qq{<LocationMatch "^/(.*)\$">\nProxyPassMatch "$to/\$1"\n</LocationMatch>}, 'application'],
    ['ProxyPass of paths as they came', qq{ProxyPass "/" "$to/" mapping=encoded}, 'application'],
    ['ProxyPass as servlets have it', qq{ProxyPass "/" "$to/" mapping=servlet}, 'application'],
    ['RewriteRule [P]', qq{RewriteEngine On\nRewriteRule "^/(.*)\$" "$to/\$1" [P]}, 'application'],
    ['RewriteRule [P] in a Location', qq{<Location "/">\nRewriteEngine On\nRewriteRule "^" "$to%{REQUEST_URI}?q=1" [P]\n</Location>},
        'application'],
    ['RewriteRule [H] in a Location', qq{<Location "/">\nRewriteEngine On\nRewriteRule "^" "-" [H=proxy:$to/]\n</Location>}, undef],
    ['SetHandler of the application', qq{<Location "/">\nSetHandler "proxy:$to/"\n</Location>}, undef],
    ['a front controller', qq{RewriteEngine On\nRewriteCond "$files%{REQUEST_URI}" !-f\nRewriteRule "^" "/index.html" [L]}, 'hello'],
    ['a front controller for all', qq{RewriteEngine On\nRewriteRule "^" "/index.html" [L]}, 'front'],
    ['a front controller in a Location', qq{<Location "/">\nRewriteEngine On\nRewriteCond "%{REQUEST_URI}" "!index"\n}
        . qq{RewriteRule "^" "/index.html" [L,E=X:1]\n</Location>}, 'front'],
    ['a front controller in a Directory', qq{<Directory "$files">\nRewriteEngine On\nRewriteRule "^" "index.html" [L]\n</Directory>}, 'front'],
    ['FallbackResource', qq{FallbackResource "/index.html"}, 'hello'],
    ['Alias', qq{Alias "/" "$files/"}, 'hello'],
    ['AliasMatch', qq{AliasMatch "^/(.*)" "$files/\$1"}, 'hello'],
    ['Redirect', qq{Redirect permanent "/" "$to/"}, undef],
    ['php-fpm by SetHandler', qq{<FilesMatch "\\.php\$">\nSetHandler "proxy:$fcgi"\n</FilesMatch>\nFallbackResource "/index.php"},
        'hello'],
    ['php-fpm by ProxyPassMatch', qq{ProxyPassMatch "^/(.*)\$" "$fcgi$files/index.php"\n<Location "/">\nCGIPassAuth On\n</Location>}, 'application'],
    ['php-fpm by a front controller', qq{RewriteEngine On\nRewriteRule "^" "$fcgi$files/index.php" [P]}, 'application'],
    ['slashes as they came', qq{MergeSlashes Off\nProxyPass "/" "$to/"}, 'application'],
    ['TRACE', qq{TraceEnable On\nProxyPass "/" "$to/"}, 'application'],
    ['another path to the endpoint', qq{RewriteEngine On\nRewriteRule "^/old/(.*)" "/scim/v2/\$1" [PT]\n}
        . qq{RewriteRule "^/decide/(.*)" "/scim-admin/\$1" [PT]\nProxyPass "/" "$to/"}, 'application'],
    ['pages of errors elsewhere', qq{ErrorDocument 403 "$to/oops"\nErrorDocument 413 "$to/oops"\nErrorDocument 401 "$to/oops"\nProxyPass "/" "$to/"\n},
        'application'],
    [$PAGES, qq{ErrorDocument 400 /oops\nErrorDocument 401 /oops\nErrorDocument 403 /oops\nErrorDocument 404 /oops\n}
        . qq{ErrorDocument 405 /oops\nErrorDocument 413 /oops\nErrorDocument 417 /oops\nProxyPass "/" "$to/"\n}, 'application'],
);
my $closed = qq{<Location "/scim/v2/closed">\nRequire all denied\n</Location>\n<Location "/scim-admin/closed">\nRequire all denied\n</Location>\n}
    . qq{<Location "/scim/v2/$tenant">\nLimitRequestBody 2000\n</Location>\n};
my @modules = qw(proxy proxy_http proxy_fcgi rewrite dir mime);

# Each in its own virtual host: with the endpoint inside it, and with the endpoint in the main server.
my $hosts = '';
for my $i (0 .. $#beside) {
    my ($name, $text) = @{ $beside[$i] };
    my $after = $name =~ /^$PAGES/ ? $closed : '';
    $hosts .= "<VirtualHost 127.0.0.1:\@port\@>\nServerName $_->[0]$i.test\nDocumentRoot \"$files\"\n$text\n$_->[1]$after</VirtualHost>\n"
        for ['in', "$endpoint$admin"], ['out', ''];
}
# A virtual host's Locations come after those of the main server, so a SetHandler there is effective.
my @outside = grep { $beside[$_][0] ne 'SetHandler of the application' } 0 .. $#beside;
my $common = qq{TypesConfig /dev/null\n<Directory "$files">\nRequire all granted\n</Directory>\nLogLevel warn scim:info\n};
my $front = front("$common$endpoint$admin$hosts", @modules);

my $user = $t->make(Users => userName => 'u');
my $secret = $t->{token};

sub unseen {
    my ($name) = @_;
    local $Test::Builder::Level = $Test::Builder::Level + 1;
    for ($app, $php) {
        my $got = received($_);
        ok($got !~ /\Q$secret\E|Basic |scim-admin|^\w+ \S*scim\/v2/m, "$name: no request of the endpoint or the admin API reached the application")
            or diag $got =~ s/\Q$secret\E/TOKEN/gr;
        truncate $_->{log}, 0;
    }
}

sub ask {
    my ($name, $port, $host, $answer) = @_;
    my @at = (':port' => $port, ':host' => $host);
    is_reply($t->request(GET => "/Users/$user?attributes=userName", undef, @at), 200,
        { schemas => [$USER], id => $user, userName => 'u' }, "$name: the endpoint");
    my $made = $t->request(POST => '/Users', { schemas => [$USER], userName => "$host-new" }, @at);
    is($made->{status}, 201, "$name: POST") or diag $made->{body};
    is($t->row($made->{json}{id})->{doc}{userName}, "$host-new", "$name: it is stored");
    is_empty($t->request(DELETE => "/Users/$made->{json}{id}", undef, @at), 204, "$name: DELETE");
    is($t->request(GET => '/ServiceProviderConfig', undef, @at)->{status}, 200, "$name: discovery");
    is_error($t->request(GET => '/nothing.php', undef, @at), 404, undef, undef, "$name: no endpoint, by the name of a script");
    is_error($t->request(GET => '/Users', undef, @at, Authorization => "Bearer $secret-"), 401, undef, undef, "$name: a wrong token");
    is_error($t->request(TRACE => '/Users', undef, @at), 405, undef, undef, "$name: TRACE");
    is($t->admin(GET => '//tenants', undef, ':base' => '/scim-admin', @at)->{status}, 200, "$name: the admin API");
    is($t->request(GET => '//tenants', undef, ':base' => '/scim-admin', @at, Authorization => 'Basic ' . 'YWRtaW46d3Jvbmc=')->{status}, 401,
        "$name: a wrong password") if $name !~ /^$PAGES/;
    my $own = $t->request(GET => '/hello', undef, ':base' => '', @at, Authorization => undef);
    is("$own->{status} $own->{body}", "200 $answer", "$name: the application's own path") if $answer;
    unseen($name);
}

for my $i (0 .. $#beside) {
    my ($name, undef, $answer) = @{ $beside[$i] };
    ask("$name, in a virtual host", $front->{port}, "in$i.test", $answer);
}
for my $i (@outside) {
    my ($name, undef, $answer) = @{ $beside[$i] };
    ask("$name, the endpoint in the main server", $front->{port}, "out$i.test", $answer);
}

# The main server only, without virtual hosts.
my $plain = front("$common$endpoint${admin}DocumentRoot \"$files\"\n$beside[0][1]\n$beside[1][1]\n$beside[7][1]\n", @modules);
ask('the main server', $plain->{port}, '127.0.0.1', 'application');

# The index in @beside.
my %number = map { $beside[$_][0] => $_ } 0 .. $#beside;
my @rewritten = (':port' => $front->{port}, ':host' => "in$number{'another path to the endpoint'}.test");
is($t->request(GET => "/$tenant/Users/$user", undef, ':base' => '/old', @rewritten)->{status}, 200, 'RewriteRule [PT] to the endpoint');
is($t->admin(GET => '//tenants', undef, ':base' => '/decide', @rewritten)->{status}, 200, 'RewriteRule [PT] to the admin API');
is($t->request(GET => "/$tenant/nothing", undef, ':base' => '/old', @rewritten)->{status}, 404, 'and to nothing there');
unseen('RewriteRule [PT]');

my @slashes = (':port' => $front->{port}, ':host' => "in$number{'slashes as they came'}.test", ':base' => '');
for my $path ("/scim//v2/$tenant/Users", "/scim/v2/$tenant//Users", "/scim/v2/$tenant/Users//$user") {
    is_error($t->request(GET => $path, undef, @slashes), 404, undef, undef, "an empty segment: $path");
}
is_error($t->request(GET => "/scim/v2//$tenant/Users", undef, @slashes), 401, undef, undef, 'an empty tenant');
unseen('empty segments');

my @pages = (':port' => $front->{port}, ':host' => "in$number{$PAGES}.test");
is_error($t->request(GET => '/Users', undef, @pages, ':base' => '/scim/v2/closed'), 403, undef, undef, 'refused by Require');
is_error($t->request(POST => '/Users', { userName => 'x' x 3000 }, @pages), 413, undef, undef, 'refused by LimitRequestBody');
my @elsewhere = (':port' => $front->{port}, ':host' => "in$number{'pages of errors elsewhere'}.test");
is_error($t->request(GET => '/Users', undef, @elsewhere, ':base' => '/scim/v2/closed'), 403, undef, undef, 'refused by Require, with a page elsewhere');
is_error($t->request(POST => '/Users', { userName => 'x' x 3000 }, @elsewhere), 413, undef, undef, 'refused by LimitRequestBody');
is_error($t->request(GET => '/Users%2Fx', undef, @pages), 404, undef, undef, 'refused as an encoded slash');
is_error($t->request(GET => '/%zz', undef, @pages), 400, undef, undef, 'refused as no path');
is_error($t->request(GET => '/Users', undef, @pages, Expect => 'much'), 417, undef, undef, 'refused before anything is matched');
is($t->admin(GET => '//closed', undef, @pages, ':base' => '/scim-admin')->{body}, 'application', 'a page of the application for the admin API');
is($t->request(GET => '//tenants', undef, @pages, ':base' => '/scim-admin', Authorization => 'Basic YWRtaW46d3Jvbmc=')->{body},
    'application', 'and for a wrong password');
like(received($app), qr/^GET \/oops /m, 'which the application was asked for');
unseen('pages of errors');

for ($front, $plain) {
    open my $log, '<', "$_->{dir}/error_log" or die;
    is_deeply([grep {/exit signal|Sanitizer/} <$log>], [], 'nothing crashed');
}

done_testing;
